"""Lines that the extraction leaves in though they are not the story: links to other stories, calls to subscribe."""

import re

_LONGEST = 250
"""A longer line is prose: it stays, whatever it begins with."""

_LINE = re.compile(
    r"""^[-–•*\s]*(?:
      (?:read|see|learn|watch)\s(?:more|also|next)\s?[:|…]
    | (?:also\sread|related(?:\s(?:stories|articles|news|story|reading))?|recommended|don['’]t\smiss)\s?[:|]
    | more\sfrom\s[^:]{1,40}:
    | (?:subscribe|sign\sup)\b.*\b(?:newsletters?|inbox|briefing|updates)\b
    | get\s.{1,60}\b(?:in|to)\syour\sinbox
    | (?:follow|like|join|find)\s.{1,80}\bon\s(?:twitter|facebook|instagram|linkedin|wechat|telegram|youtube|x)\b
    | (?:like|enjoy(?:ed)?)\sth(?:is|e)\s(?:story|article|post)\b
    | share\sth(?:is|e)\s(?:story|article|post|page)\b
    | (?:copyright\s)?(?:©|\(c\)|ⓒ)\s?(?:copyright\s)?(?:19|20)\d\d\b
    | copyright\s(?:©|ⓒ|\(c\)|(?:19|20)\d\d)
    | [^.]{0,80}all\srights\sreserved\.?$
    | filed\s(?:under|in)\s?:
    | (?:first\s)?(?:published|updated|last\smodified)(?:\s(?:on|at))?\s?:?\s
      (?:\d|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[\s,.]).{0,50}$
    | (?:责任?编辑|责编|编辑|校对|来源|文章来源|原文链接|本文来源|版权声明|免责声明)\s?[:：]
    | (?:相关阅读|延伸阅读|推荐阅读|相关报道|更多精彩)\s?[:：]
    | .{0,30}(?:未经.{0,6}(?:授权|许可|允许)|转载请注明|版权所有|扫描二维码|关注.{0,12}公众号)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADING = re.compile(
    r"""^(?:
      (?:related|recommended|more|popular|latest|trending|top|other)
      \s(?:stories|articles|posts|news|reading|coverage|content|links)
    | related | recommended | read\sthis\snext | read\snext | most\s(?:read|popular)(?:\s(?:in|on)\s.{1,30})?
    | you\s(?:may|might)\s(?:also\s)?(?:like|be\sinterested\sin)(?:\s.{1,20})?
    | popular\son\s.{1,30} | more\s(?:from|on)\s.{1,40}
    | 相关阅读 | 延伸阅读 | 推荐阅读 | 相关文章 | 相关新闻 | 相关报道 | 热门文章
    )\s?[:：]?$""",
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE_END = re.compile(r"[.!?。！？…]['\"’”)]?$")


def without_leftovers(text: str) -> str:
    """`text` (a paragraph a line) without such lines, and without the titles listed under a "Related stories"."""
    kept: list[str] = []
    in_list = False
    for line in text.split("\n"):
        bare = line.strip()
        if _HEADING.match(bare):
            in_list = True
            continue
        in_list = in_list and _is_title(bare)
        if in_list or (len(bare) <= _LONGEST and _LINE.match(bare)):
            continue
        kept.append(line)
    return "\n".join(kept).strip()


def _is_title(line: str) -> bool:
    return not line or (len(line) < 130 and not _SENTENCE_END.search(line))
