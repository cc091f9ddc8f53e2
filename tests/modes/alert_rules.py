"""A city with one rule for warnings of heavy rain."""

RULES = """\
places: [{name: 試験市, code: "1199900"}]
texts:
  - {id: rain, title: 大雨, ja: "{level}です。"}
  - {id: lowered, title: 下, ja: 下がりました。}
  - {id: cleared, title: 終, ja: 終わりました。}
  - {id: corrected, title: 訂, ja: 訂正です。}
  - {id: cancelled, title: 取, ja: 取消です。}
rules: [{id: rain-3, what: 大雨, at: "3", text: rain, topics: [bosai]}]
"""
NOTICES = "notices:\n  topics: [{id: bosai, title: 防災, kind: disaster}]\n"
