"""`python -m kalenderkoppling.sandbox` runs the pretend Microsoft 365 alone."""

import asyncio
import sys

import aiohttp


async def test_it_prints_where_it_listens_and_serves_there() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kalenderkoppling.sandbox", "--people", "12", stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        lines = [(await asyncio.wait_for(process.stdout.readline(), 20)).decode().split() for _ in range(7)]
        told = {" ".join(words[:-1]): words[-1] for words in lines}
        form = {
            "client_id": told["client id"],
            "client_secret": told["secret"],
            "grant_type": "client_credentials",
            "scope": "https://graph.microsoft.com/.default",
        }
        async with aiohttp.ClientSession() as session:
            async with session.post(told["token"], data=form) as answer:
                token = (await answer.json())["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            async with session.get(f"{told['graph']}/users", headers=headers) as answer:
                assert len((await answer.json())["value"]) == 12
    finally:
        process.terminate()
        await process.wait()
