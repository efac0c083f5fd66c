"""Graph's rows as pydantic models; imported only where pydantic is installed."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Base(BaseModel):  # type: ignore[misc] # the type checker takes the peers for Any: they may be missing
    model_config = ConfigDict(alias_generator=to_camel)


class Moment(Base):
    date_time: str


class Response(Base):
    response: str


class Row(Base):
    id: str
    sensitivity: str
    is_all_day: bool
    is_cancelled: bool
    series_master_id: str | None
    show_as: str
    response_status: Response
    start: Moment
    end: Moment
    subject: str | None = None


class Page(Base):
    value: list[Row]
