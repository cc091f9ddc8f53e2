"""Lists of places as cities publish them: tables with the new headers and the old ones, GeoJSON."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

from faq.cli_places import report_lines

OPEN_DATA = Path(__file__).parents[2] / ".." / "shared" / "data" / "opendata"
HAZARD_HEADERS = [
    *("災害種別_洪水", "災害種別_崖崩れ、土石流及び地滑り", "災害種別_高潮", "災害種別_地震"),
    *("災害種別_津波", "災害種別_大規模な火事", "災害種別_内水氾濫", "災害種別_火山現象"),
]
NEW = [
    *("全国地方公共団体コード", "ID", "名称", "名称_カナ", "名称_英字", "所在地_全国地方公共団体コード", "町字ID"),
    *("所在地_連結表記", "所在地_都道府県", "所在地_市区町村", "所在地_町字", "所在地_番地以下", "建物名等(方書)"),
    *("緯度", "経度", "標高", "電話番号", "内線番号", "連絡先メールアドレス", "連絡先FormURL"),
    *("連絡先備考（その他、SNSなど）", "郵便番号", "市区町村コード", "地方公共団体名"),
    *HAZARD_HEADERS,
    *("指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "URL", "画像", "画像_ライセンス", "備考"),
]
OLD = [
    *("NO", "名称", "名称_カナ", "住所", "方書", "緯度", "経度", "標高", "電話番号", "内線番号"),
    *("市区町村コード", "都道府県名", "市区町村名"),
    *HAZARD_HEADERS,
    *("指定避難所との重複", "想定収容人数", "対象となる町会・自治会", "URL", "備考"),
]
CODE = "112011"  # a real code: its last digit is the check digit


def new_row(number: int, **changes: str) -> dict[str, str]:
    row = {
        "全国地方公共団体コード": CODE,
        "ID": f"S{number:04d}",
        "名称": f"第{number}小学校",
        "名称_カナ": "ショウガッコウ",
        "所在地_都道府県": "埼玉県",
        "所在地_市区町村": "試験市",
        "所在地_町字": "中央二丁目",
        "所在地_番地以下": f"{number}番",
        "緯度": f"{36.05 + number / 100:.4f}",
        "経度": "139.5500",
        "電話番号": "048-000-0001",
        "市区町村コード": CODE,
        "地方公共団体名": "試験市",
        "災害種別_洪水": "1",
        "災害種別_地震": "1",
        "指定避難所との重複": "1",
        "想定収容人数": "300",
    }
    return {**row, **changes}


def old_row(number: int, **changes: str) -> dict[str, str]:
    row = {
        "NO": str(number),
        "名称": f"第{number}中学校",
        "住所": f"試験市南{number}-1",
        "緯度": f"{36.02 - number / 100:.4f}",
        "経度": "139.5600",
        "都道府県名": "埼玉県",
        "市区町村名": "試験市",
        "災害種別_大規模な火事": "1",
    }
    return {**row, **changes}


def write_csv(path: Path, header: list[str], rows: list[dict[str, str]], encoding: str = "utf-8-sig") -> Path:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([row.get(column, "") for column in header] for row in rows)
    path.write_bytes(text.getvalue().encode(encoding))
    return path


def feature(name: str, longitude: float, latitude: float, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
        "properties": {"施設・場所名": name, "住所": "埼玉県試験市中央1", **properties},
    }


def write_geojson(path: Path, *features: dict[str, object]) -> Path:
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def told(report) -> str:
    return "\n".join(report_lines(report))
