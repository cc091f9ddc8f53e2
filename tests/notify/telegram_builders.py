"""Telegrams in the form of the 気象庁's, small and invented: `weather(...)`, `quake(...)`, `river(...)`…"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape, quoteattr

from notify.telegrams.read import read_telegram
from notify.telegrams.records import Notice

NOTHING = "発表警報・注意報はなし"
KOSHIGAYA = ("越谷市", "1122200")
KAWAGOE = ("川越市", "1120100")
Area = tuple[str, str]
Kind = tuple[str | None, str | None, str]  # name, code, status
Row = tuple[Area, Sequence[Kind]]

WEATHER_TITLES = {
    "VPWW53": "気象特別警報・警報・注意報",
    "VPWW54": "気象警報・注意報（Ｈ２７）",
    "VPWW55": "気象警報・注意報（Ｒ０６）（大雨）",
    "VPWW56": "気象警報・注意報（Ｒ０６）（土砂）",
    "VPWW57": "気象警報・注意報（Ｒ０６）（高潮）",
    "VPWW58": "気象警報・注意報（Ｒ０６）（暴風）",
    "VPWW59": "気象警報・注意報（Ｒ０６）（波浪）",
    "VPWW60": "気象警報・注意報（Ｒ０６）（大雪）",
    "VPWW61": "気象警報・注意報（Ｒ０６）（その他注意報）",
}
Wind = tuple[str, Sequence[tuple[str, int]]]
"""暴風域 and the like, with the radius (km) in each direction; "" is all around."""
Moment = tuple[str, tuple[float, float], Sequence[Wind]]


def telegram(
    control_title: str,
    *,
    status: str = "通常",
    info_type: str = "発表",
    event_id: str = "",
    serial: str = "",
    report_time: str = "2026-07-01T10:00:00+09:00",
    sent: str = "2026-07-01T01:00:05Z",
    title: str = "見出しの題",
    headline: str = "見出しの文です。",
    office: str = "熊谷地方気象台",
    information: str = "",
    body: str = "",
    body_namespace: str = "meteorology1",
) -> bytes:
    """The whole XML around a headline's Information elements and a body."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Report xmlns="http://xml.kishou.go.jp/jmaxml1/" xmlns:jmx="http://xml.kishou.go.jp/jmaxml1/">
<Control><Title>{escape(control_title)}</Title><DateTime>{sent}</DateTime><Status>{status}</Status>
<EditorialOffice>{office}</EditorialOffice><PublishingOffice>{office}</PublishingOffice></Control>
<Head xmlns="http://xml.kishou.go.jp/jmaxml1/informationBasis1/"><Title>{escape(title)}</Title>
<ReportDateTime>{report_time}</ReportDateTime><TargetDateTime>{report_time}</TargetDateTime>
<EventID>{event_id}</EventID><InfoType>{info_type}</InfoType><Serial>{serial}</Serial>
<InfoKind>試験用</InfoKind><InfoKindVersion>1.0_0</InfoKindVersion>
<Headline><Text>{escape(headline)}</Text>{information}</Headline></Head>
<Body xmlns="http://xml.kishou.go.jp/jmaxml1/body/{body_namespace}/">{body}</Body>
</Report>""".encode()


def information(layer: str, rows: Iterable[tuple[str, Sequence[Area]]]) -> str:
    """One Information of the headline: `rows` are a Kind's inner XML and its areas."""
    items = "".join(f"<Item><Kind>{kind}</Kind><Areas>{_areas(areas)}</Areas></Item>" for kind, areas in rows)
    return f"<Information type={quoteattr(layer)}>{items}</Information>"


def kind_xml(kind: Kind, status_tag: str = "Status") -> str:
    """Name, Code and Status of a Kind, each only where it is said."""
    tags = zip(("Name", "Code", status_tag), kind, strict=True)
    return "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in tags if text is not None)


def weather_xml(data_type: str = "VPWW55", rows: Sequence[Row] = (), scope: str = "110000", **head: str) -> bytes:
    """気象警報・注意報 with its coarser layers, which say more than the municipalities' and must not be read."""
    everywhere: Kind = ("レベル５大雨特別警報", "33", "発表")
    body = "".join(
        _layer(layer, [((name, code), [everywhere])])
        for layer, name, code in (
            ("気象警報・注意報（府県予報区等）", "埼玉県", scope),
            ("気象警報・注意報（一次細分区域等）", "南部", "110010"),
            ("気象警報・注意報（市町村等をまとめた地域等）", "南東部", "110012"),
        )
    )
    return telegram(WEATHER_TITLES[data_type], body=body + _layer("気象警報・注意報（市町村等）", rows), **head)


def weather(data_type: str = "VPWW55", rows: Sequence[Row] = (), scope: str = "110000", **head: str) -> Notice:
    return read_telegram(weather_xml(data_type, rows, scope, **head))


def quake_xml(cities: Sequence[tuple[Area, str]] = (), **head: str) -> bytes:
    """震源・震度; a city is its area and the XML that tells its intensity."""
    inner = "".join(f"<City><Name>{n}</Name><Code>{c}</Code>{said}</City>" for (n, c), said in cities)
    pref = f"<Pref><Name>埼玉県</Name><Code>11</Code><Area><Name>埼玉県南部</Name><Code>431</Code>{inner}</Area></Pref>"
    body = f"<Intensity><Observation>{pref}</Observation></Intensity>" if cities else "<Text>本文</Text>"
    return telegram("震源・震度に関する情報", body=body, body_namespace="seismology1", **head)


def quake(cities: Sequence[tuple[Area, str]] = (), **head: str) -> Notice:
    return read_telegram(quake_xml(cities, **head))


def quick_quake_xml(areas: Sequence[tuple[Area, str]], **head: str) -> bytes:
    """震度速報 by 細分区域."""
    inner = "".join(f"<Area><Name>{n}</Name><Code>{c}</Code><MaxInt>{said}</MaxInt></Area>" for (n, c), said in areas)
    body = f"<Intensity><Observation><Pref><Name>埼玉県</Name>{inner}</Pref></Observation></Intensity>"
    return telegram("震度速報", body=body, body_namespace="seismology1", **head)


def quick_quake(areas: Sequence[tuple[Area, str]], **head: str) -> Notice:
    return read_telegram(quick_quake_xml(areas, **head))


def tsunami_xml(rows: Sequence[tuple[Area, tuple[str, str], tuple[str, str] | None]] = (), **head: str) -> bytes:
    """津波警報等; a row is the 津波予報区, its (name, code) and that before."""
    body = "".join(
        f"<Item><Area><Name>{n}</Name><Code>{c}</Code></Area><Category><Kind>{_named(now)}</Kind>"
        f"{f'<LastKind>{_named(before)}</LastKind>' if before else ''}</Category></Item>"
        for (n, c), now, before in rows
    )
    body = f"<Tsunami><Forecast>{body}</Forecast></Tsunami>"
    return telegram("津波警報・注意報・予報a", body=body, body_namespace="seismology1", **head)


def tsunami(rows: Sequence[tuple[Area, tuple[str, str], tuple[str, str] | None]] = (), **head: str) -> Notice:
    return read_telegram(tsunami_xml(rows, **head))


def river_xml(kind: tuple[str, str, str], cities: Sequence[Area] = (), **head: str) -> bytes:
    """指定河川洪水予報; `kind` is name, code and condition."""
    said = kind_xml(kind, "Condition")
    places = "".join(
        f"<Area><Name>観測所</Name><Code>1</Code><City>{n}</City><CityCode>{c}</CityCode></Area>" for n, c in cities
    )
    reached = f"<Item><Kind><Name>浸水想定地区</Name></Kind><Areas>{places}</Areas></Item>"
    body = f'<Warning type="指定河川洪水予報">{reached}</Warning>'
    layers = (
        information("指定河川洪水予報（予報区域）", [(said, [("元荒川", "830303020300")])]),
        information("指定河川洪水予報（府県予報区等）", [(said, [("埼玉県", "110000")])]),
    )
    head = {"event_id": "830303020300", **head}
    return telegram("指定河川洪水予報", information="".join(layers), body=body, **head)


def river(kind: tuple[str, str, str], cities: Sequence[Area] = (), **head: str) -> Notice:
    return read_telegram(river_xml(kind, cities, **head))


def typhoon_xml(
    moments: Sequence[Moment],
    *,
    number: str = "2613",
    now_class: str = "台風(TY)",
    **head: str,
) -> bytes:
    """台風解析・予報情報; a moment is its DateTime's type, the centre in degrees, and the winds."""
    body = "".join(_moment(*moment, number, now_class) for moment in moments)
    head = {"event_id": "TC2615", **head}
    body = f'<MeteorologicalInfos type="台風情報">{body}</MeteorologicalInfos>' if moments else "<Text>本文</Text>"
    return telegram("台風解析・予報情報（５日予報）（Ｈ３０）", body=body, **head)


def typhoon(moments: Sequence[Moment], **said: str) -> Notice:
    return read_telegram(typhoon_xml(moments, **said))


def _moment(when: str, centre: tuple[float, float], winds: Sequence[Wind], number: str, now_class: str) -> str:
    degrees = f"{centre[0]:+.1f}{centre[1]:+.1f}/"
    tag = "e:BasePoint" if when.startswith("予報") else "e:Coordinate"
    points = (("中心位置（度分）", "+0+0/"), ("中心位置（度）", degrees))
    point = "".join(f'<{tag} type="{kind}">{said}</{tag}>' for kind, said in points)
    if when.startswith("予報"):
        point = f'<ProbabilityCircle type="予報円">{point}</ProbabilityCircle>'
    name = f"<TyphoonNamePart><Number>{number}</Number></TyphoonNamePart>" if when == "実況" else ""
    said = f'<ClassPart><e:TyphoonClass type="熱帯擾乱種類">{now_class}</e:TyphoonClass></ClassPart>'
    kinds = (name, said, f"<CenterPart>{point}<Location>日本の南</Location></CenterPart>", "".join(map(_wind, winds)))
    properties = "".join(f"<Kind><Property>{kind}</Property></Kind>" for kind in kinds if kind)
    return (
        f'<MeteorologicalInfo xmlns:e="http://xml.kishou.go.jp/jmaxml1/elementBasis1/"><DateTime type="{when}">'
        f"2026-07-01T10:00:00+09:00</DateTime><Item>{properties}</Item></MeteorologicalInfo>"
    )


def _wind(wind: Wind) -> str:
    kind, sides = wind
    axes = "".join(
        f'<e:Axis><e:Direction>{towards}</e:Direction><e:Radius unit="海里">1</e:Radius>'
        f'<e:Radius unit="km">{kilometres}</e:Radius></e:Axis>'
        for towards, kilometres in sides
    )
    return f'<WarningAreaPart type="{kind}"><e:Circle><e:Axes>{axes}</e:Axes></e:Circle></WarningAreaPart>'


def bulletin(control_title: str, layers: str, **head: str) -> Notice:
    return read_telegram(telegram(control_title, information=layers, **head))


def _layer(layer: str, rows: Sequence[Row]) -> str:
    items = "".join(
        f"<Item>{''.join(f'<Kind>{kind_xml(kind)}</Kind>' for kind in kinds)}"
        f"<Area><Name>{name}</Name><Code>{code}</Code></Area></Item>"
        for (name, code), kinds in rows
    )
    return f"<Warning type={quoteattr(layer)}>{items}</Warning>"


def _areas(areas: Sequence[Area]) -> str:
    return "".join(f"<Area><Name>{name}</Name><Code>{code}</Code></Area>" for name, code in areas)


def _named(pair: tuple[str, str]) -> str:
    return f"<Name>{pair[0]}</Name><Code>{pair[1]}</Code>"
