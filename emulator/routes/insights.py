"""Statistics per aggregation unit: what became of messages, and how many names of units are used up."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, request

from emulator.insights import LONGEST_DAYS
from emulator.limits import JST, day
from emulator.model import ApiError, Channel, Json
from emulator.routes.endpoint import api, the_platform

blueprint = Blueprint("line_insights", __name__, url_prefix="/v2/bot")


@blueprint.get("/insight/message/event/aggregation")
@api("insight_aggregation")
def aggregation(channel: Channel) -> Json:
    unit = request.args.get("customAggregationUnit", "")
    if not unit:
        raise ApiError(400, "The value for the 'customAggregationUnit' parameter is invalid")
    since, until = _day("from"), _day("to")
    if not 0 <= (until - since).days <= LONGEST_DAYS:
        raise ApiError(400, "The value for the 'to' parameter is invalid")
    platform = the_platform()
    with platform.lock:
        days = (since.strftime("%Y%m%d"), until.strftime("%Y%m%d"))
        return platform.insights.report(channel.city, unit, *days, day(platform.clock()))


@blueprint.get("/message/aggregation/info")
@api("aggregation_info")
def info(channel: Channel) -> Json:
    platform = the_platform()
    with platform.lock:
        return {"numOfCustomAggregationUnits": len(platform.insights.names(channel.city, platform.clock()))}


def _day(name: str) -> datetime:
    try:
        return datetime.strptime(request.args.get(name, ""), "%Y%m%d").replace(tzinfo=JST)
    except ValueError:
        raise ApiError(400, f"The value for the '{name}' parameter is invalid") from None
