"""The peer of a redirecting voice process: Debian's Kamailio, which answers 302 statelessly."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kktest.kamailio import Kamailio
from kktest.ports import LOOPBACK, free_ports

_CONFIGURATION = """#!KAMAILIO
debug=0
log_stderror=yes
children=4
tcp_children=1
auto_aliases=no
dns=no
rev_dns=no
listen=udp:{host}:{sip_port}
listen=tcp:{host}:{rpc_port}
loadmodule "kex.so"
loadmodule "sl.so"
loadmodule "pv.so"
loadmodule "textops.so"
loadmodule "htable.so"
loadmodule "xhttp.so"
loadmodule "jsonrpcs.so"
modparam("htable", "htable", "ref=>size=14;autoexpire=86400;")
modparam("jsonrpcs", "transport", 1)
request_route {{
    if (!is_method("INVITE")) {{
        exit;
    }}
    if ($sht(ref=>$rU) == $null) {{
        sl_send_reply("404", "Not Found");
        exit;
    }}
    append_to_reply("Contact: <$sht(ref=>$rU)>\\r\\n");
    sl_send_reply("302", "Moved Temporarily");
}}
event_route[xhttp:request] {{
    jsonrpc_dispatch();
}}
"""


@contextmanager
def redirecting_kamailio(number: str, target: str) -> Iterator[str]:
    """Run a Kamailio that redirects calls to a target, a SIP URI; yield its address."""
    with tempfile.TemporaryDirectory(prefix="kkpeer") as made:
        folder = Path(made)
        sip_port, rpc_port = free_ports(2)
        file = folder / "kamailio.cfg"
        file.write_text(_CONFIGURATION.format(host=LOOPBACK, sip_port=sip_port, rpc_port=rpc_port), encoding="utf-8")
        if os.geteuid() == 0:
            # It then runs as the user nobody.
            for each in (folder, file):
                shutil.chown(each, "nobody", "nogroup")
        server = Kamailio(folder=folder, sip_port=sip_port, tls_port=0, rpc_port=rpc_port)
        try:
            server.start()
            server.put(number, target)
            yield f"{LOOPBACK}:{sip_port}"
        finally:
            server.stop()
