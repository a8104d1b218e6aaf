# ruff: noqa: E501  (tables and long alternatives read best in few lines)
"""Names nobody listed, told by their shape, an apposition and their place in the clause; Chinese text beside this file.

Such names fill the sides of a deal; they never raise a score by themselves.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache

from cleanco import basename
from cleanco.termdata import terms_by_type

from dealwatch.deals.families import bare
from dealwatch.deals.names import EntityLike, Name
from dealwatch.deals.records import Field, Side
from dealwatch.deals.script import has_cjk, lower
from dealwatch.deals.text import MASK, Masked, Texts
from dealwatch.deals.towns import COMPANY_WORD, place_words, without_town
from dealwatch.deals.unlisted_chinese import chinese
from dealwatch.deals.unlisted_han import han

_UPPER = "".join(chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isupper())
_CAP = rf"[{_UPPER}][\w&'.+-]*[\w+!]|[A-Z]\b|\d+[A-Z]\w*"
_RUN = re.compile(
    rf"(?:{_CAP})(?:\s(?:&|and|of|de|la|le|du|des|von|van|der|del|di|da|y|et|by|the)\s(?:{_CAP})|\s(?:{_CAP})|\s\d{{1,3}}\b)*"
)
_TRADE = (
    "retailer|e-tailer|etailer|retail group|brand|label|chain|grocer|supermarket|supermarkets|marketplace|platform|company|firm|group|giant|startup|start-up|"
    "conglomerate|maker|manufacturer|operator|app|site|website|store|stores|department store|discounter|wallet|bank|fund|investor|carrier|airline|courier|"
    "post|postal service|house|jeweller|jeweler|designer|distributor|wholesaler|brewer|dairy|roaster|restaurant chain|coffee chain|bakery|fashion house|"
    "unicorn|business|seller|merchant|packer|presser|grower|co-operative|cooperative|co-op|distiller|distillery|mill|weaver|roastery|dealer|smokehouse|winery|vineyard|"
    "estate|creamery|studio|caterer|eatery|café|cafe|canteen|diner|butcher|fishmonger|workshop|tannery|tailor|couturier|boutique|emporium|cash-and-carry|haulier|forwarder|"
    "wine house|tea house|noodle house|dumpling chain|pharmacy chain|grocery chain|snack chain|bottler|confectioner|chocolatier|canner|farm|family fund|cellar|optician|upholsterer|"
    "outfitter|cosmetics company|beauty brand|private equity firm|investment firm|pharmacy|drugstore|hypermarket|"
    "convenience store|logistics company|logistics firm|logistics provider|payment company|payments firm|fintech|exporter|importer|producer|specialist|"
    "e-commerce company|delivery company|delivery firm|toymaker|shoemaker|winemaker|perfumer|watchmaker|tea chain|burger chain|fashion group|holding"
)
_BEFORE = re.compile(rf"(?:\b(?:{_TRADE})s?,?\s|\b(?:called|named|dubbed|by)\s)$", re.I)
_AFTER = re.compile(
    rf"^(?:'s)?,?\s(?:which|(?:the|a|an|one of|its|another|china's|[a-z]+'s)\s(?:[\w'-]+\s){{0,6}}?(?:{_TRADE})s?\b)",
    re.I,
)
_PERSON_AFTER = re.compile(
    r"^(?:,\s(?:\(?\d\d\)?,|who\b|whose\b)|,?\s(?:who\b|(?:,\s)?(?:the\s|its\s|a\s|an\s)?(?:[\w'&.-]+\s){0,3}(?:chief|ceo|president|founder|co-founder|chairman|chairwoman|director|"
    r"analyst|manager|spokesman|spokeswoman|spokesperson|professor|economist|minister|vice-president|secretary)\b))",
    re.I,
)
_PERSON_BEFORE = re.compile(
    r"\b(?:mr|ms|mrs|dr|sir|chief executive|ceo|president|founder|co-founder|owner|co-owner|chairman|chairwoman|director|analyst|manager|spokesman|spokeswoman|spokesperson|"
    r"boss|head|professor|minister|secretary|commissioner|economist|chief|officer|actor|actress|singer|designer|star|host|king|queen|prince|governor|senator|"
    r"chief operating officer|chief financial officer|managing director|executive|says|said|mayor|judge|influencer|livestreamer|photographer)\s$",
    re.I,
)
_MONTHS = "january february march april may june july august september october november december"
_DAYS = "monday tuesday wednesday thursday friday saturday sunday"
_STOP = frozenset(
    f"""{_MONTHS} {_DAYS} jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun
    the a an in on at for of from by with and but or nor if when while as since after before until under over into its it this that these those he she they we you i
    his her their our my your there here then now not no yes how why what who whose which where more most some many all both each every other another one two three
    ceo cfo coo cto ipo gmv gdp ai esg b2b b2c o2o sku app apps api qr q1 q2 q3 q4 h1 h2 e-commerce ecommerce eu un us uk uae wto imf covid covid-19 tv pr hr it
    singles' singles day double black cyber prime lunar new year spring festival christmas easter ramadan valentine's qixi golden week mid-autumn
    belt road initiative bloomberg reuters afp ap xinhua caixin technode pandaily nikkei forbes cnbc bbc wsj wwd jing daily south morning post financial times global yicai
    krasia 36kr latepost economic wall street journal guardian the-information sky news national business herald fashionunited kr-asia fashion-network
    according however meanwhile although despite because still even also only just last next first second third late early earlier today yesterday tomorrow
    east west north south central greater ltd inc co ministry commission court parliament congress senate president minister government state federal
    mr mrs ms dr sir chief executive officer chairman director founder co-founder owner co-owner analyst european asian african american western chinese english communist party
    instagram facebook youtube twitter google whatsapp linkedin iphone android wi-fi nasdaq nyse hong-kong stock exchange securities gen millennials
    context details background summary update exclusive analysis opinion what's here's it's that's there's let's don't everything anyone nobody neither either
    between within without through during against about above below near around across beyond behind beside among along amid per via plus minus up down out off
    foreign minister prime customs competition central state-owned people's republic free trade zone port airport tower building hall avenue boulevard road square
    buyers shoppers sellers customers users sources people investors analysts merchants consumers executives staff employees shares sales revenue profit
    will would can could may might must shall should has have had is are was were be been being do does did""".split()
)
_NOT_NAMES = re.compile(
    r"-(?:listed|based|backed|owned|born|led|run|made|style|speaking|era)$|^(?:Series|Class|Round|Phase|Founders?|Spokes\w+|Valley|York|Asia|America|Europe|Pacific|Atlantic|Mediterranean|Gulf|Himalaya\w*|Super Bowl|World Cup|White House)\b|^(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Twenty|Thirty|Forty|Fifty|Sixty|Seventy|Eighty|Ninety)-|^(?:City|University|Committee|Investment|Information Technology|Company|Group|Fire|Top|Measure)$"
)
MOST = 12


Resolve = Callable[[str], EntityLike | None]


def unlisted(
    both: Texts, listed: list[Name], places: frozenset[str], chinese_places: tuple[str, ...], resolve: Resolve
) -> list[Name]:
    """Every mention, in headline and text, of the names that stand out by shape; at most MOST different ones.

    `resolve` knows short forms of listed names and the brands of the open world: such a name gets their side and kind.
    """
    chinese_text = has_cjk(both.plain["title"]) or has_cjk(both.plain["text"][:200])
    taken = {lower(name.name) for name in listed} | {both.lower[name.field][name.start : name.end] for name in listed}
    open_ = _masked(both, listed)
    if chinese_text:
        found = {**chinese(both, open_), **han(open_, places, chinese_places)}
    else:
        found = _english(both, open_, places, chinese_places)
    names: list[Name] = []
    for shown, (side, full) in list(found.items())[:MOST]:
        canonical = tidy(full)
        known = None if has_cjk(shown) else resolve(canonical) or resolve(tidy(shown))
        if len(canonical) < 2 or (known is None and lower(canonical) in taken):
            continue
        for field, start, end in _everywhere(shown, both, open_):
            if known is None:
                names.append(Name(canonical, side, "unlisted", None, canonical, field, start, end, 3))
            else:
                names.append(
                    Name(
                        known.name,
                        known.side,
                        known.kind,
                        known.home,
                        known.parent or known.name,
                        field,
                        start,
                        end,
                        2,
                        industry=known.industry,
                    )
                )
    return names


def _masked(both: Texts, listed: list[Name]) -> Masked:
    """The two fields with every listed name blotted out, of the same length."""
    masked: Masked = {}
    for field, text in both.plain.items():
        parts, at = [], 0
        for name in sorted((name for name in listed if name.field == field), key=lambda name: name.start):
            parts += [text[at : name.start], MASK * (name.end - max(at, name.start))]
            at = max(at, name.end)
        masked[field] = "".join([*parts, text[at:]])
    return masked


@lru_cache(maxsize=1)
def _legal_words() -> frozenset[str]:
    """The last words of all legal forms, so that the library is asked only where one may stand."""
    return frozenset(
        lower(term.split()[-1]).strip(".") for term in (term for terms in terms_by_type.values() for term in terms)
    )


def tidy(name: str) -> str:
    """Without its legal form and a trailing possessive."""
    bare = re.sub(r"'s?$", "", name.strip(" .,'"))
    if has_cjk(bare) or lower(bare.split(" ")[-1]).strip(".") not in _legal_words():
        return bare
    return str(basename(bare)).strip(" .,") or bare


def _everywhere(shown: str, both: Texts, open_: Masked) -> Iterable[tuple[Field, int, int]]:
    for field in both.plain:
        loose = field == "title" and len(shown) > 3
        text = both.lower[field] if loose else both.plain[field]
        words = lower(shown) if loose else shown
        at = text.find(words)
        while at >= 0:
            end = at + len(words)
            if open_[field][at] != MASK and not _joined(text[at - 1 : at]) and not _joined(text[end : end + 1]):
                yield field, at, end
            at = text.find(words, at + 1)


def _joined(character: str) -> bool:
    return character.isalnum() and not has_cjk(character)


def _english(
    both: Texts, open_: Masked, places: frozenset[str], chinese_places: tuple[str, ...]
) -> dict[str, tuple[Side, str]]:
    text = both.plain["text"]
    title = both.lower["title"]
    in_china = _any_of(chinese_places)
    counts: Counter[str] = Counter()
    points: Counter[str] = Counter()
    sides: dict[str, Side] = {}
    people: set[str] = set()
    for run, start in _runs(text[:6000], open_["text"][:6000], places, chinese_places):
        end = start + len(run)
        before, after = text[max(0, start - 40) : start], text[end : end + 90]
        if _PERSON_BEFORE.search(before) or (_PERSON_AFTER.match(after) and not COMPANY_WORD.search(run)):
            people.add(run)
            people.update(word for word in run.split() if len(word) > 2)
            continue
        counts[run] += 1
        points[run] += _evidence(run, before, after, start)
        near = lower(text[max(0, start - 60) : start])
        tail = lower(after[:60])
        apposed = _APPOSED.match(tail[:55])
        if (
            (in_china.search(near[-45:]) and _BEFORE.search(before))
            or (apposed and in_china.search(apposed.group()))
            or (tail.startswith(" of ") and in_china.match(tail, 4))
        ):
            sides.setdefault(run, "chinese")
    for run in list(counts):
        words = run.split(" ")
        if len(words) == 2 and not COMPANY_WORD.search(run) and _SPEAKS.search(_after_alone(words, text)):
            people.add(run)
        if _stands(lower(run), title):
            points[run] += 2
        points[run] += min(counts[run] - 1, 2)
    chosen = [
        run
        for run, worth in points.most_common()
        if worth >= 1 and (not _is_person(run, people) or (counts[run] > 1 and _stands(lower(run), title)))
    ]
    for run in chosen:
        at = title.find(lower(run))
        if at > 0 and _CHINAS.search(title[:at]):
            sides.setdefault(run, "chinese")
    sides = {run: sides.get(run) or _side_by_name(run, chinese_places) for run in chosen}
    return _in_full(sides)


def _in_full(sides: dict[str, Side]) -> dict[str, tuple[Side, str]]:
    """Each name with its side and its full form: a headline's "Tiema" is the text's "Tiema Shoes", which does without
    its "Group"."""
    found = {run: (side, run) for run, side in sides.items()}
    for short in sides:
        longer = [run for run in sides if run.startswith(short + " ") and COMPANY_WORD.search(run, len(short))]
        forms = {bare(run): run for run in sorted(longer, key=len, reverse=True)}
        full = forms.pop(bare(short), None) and short
        if len(forms) == 1:
            full = next(iter(forms.values()))
        if full is None:
            continue
        alike = [short, *(run for run in longer if bare(run) in (bare(short), bare(full)))]
        side: Side = "chinese" if any(sides[run] == "chinese" for run in alike) else "foreign"
        found.update(dict.fromkeys(alike, (side, full)))
    return found


_CHINAS = re.compile(rf"\b(?:china's|chinese(?: [\w-]+){{0,2}} (?:{_TRADE})s?) $")
_APPOSED = re.compile(r"^(?:'s)?, [^.;]*")
LEAD = 500
"""Characters of the text in which a name of several words that acts in its sentence may be a firm's."""
_ACTS = re.compile(
    r"^ (?:has|have|had|is|was|will|would|may|could|can|plans?|wants?|hopes?|means|intends|sells?|sold|makes?|made|buys?|bought|opens?|opened|closes?|closed|signed|signs|"
    r"took|takes|runs|ran|gave|gives|got|gets|put|puts|went|goes|joins?|joined|agreed|agrees|expects|denied|denies|confirmed|confirms|announced|announces|launched|launches)\b"
)
_SPEAKS = re.compile(
    r"^(?:'s)? (?:said|says|told|added|wrote|argues|calls|called|thinks|believes|sees|expects|joined|will|has|had)\b"
)


def _after_alone(words: list[str], text: str) -> str:
    """What follows the last word of a name where it stands without its first: "Neves said"."""
    at = text.find(words[1])
    while at >= 0:
        if not text.endswith(words[0] + " ", 0, at) and not text[at + len(words[1]) : at + len(words[1]) + 1].isalpha():
            return text[at + len(words[1]) : at + len(words[1]) + 14]
        at = text.find(words[1], at + 1)
    return ""


@lru_cache(maxsize=4)
def _any_of(places: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, places))})\b")


def _stands(words: str, text: str) -> bool:
    """Whether the words stand in the text, at word borders."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (at and text[at - 1].isalnum()) and not (end < len(text) and text[end].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False


def _within_a_sentence(word: str, text: str) -> bool:
    """Whether the word stands somewhere behind another one, so that its capital is not the sentence's."""
    at = text.find(word)
    while at >= 0:
        before = text[max(0, at - 3) : at].rstrip(" ,(")
        if before[-1:].isalnum() and text[at - 1 : at] in " (" and at:
            return True
        at = text.find(word, at + 1)
    return False


def _side_by_name(run: str, chinese_places: Iterable[str]) -> Side:
    words = set(lower(run).split())
    return "chinese" if any(place in words for place in chinese_places) else "foreign"


def _runs(
    text: str, open_text: str, places: frozenset[str], chinese_places: tuple[str, ...]
) -> Iterable[tuple[str, int]]:
    """Rows of capitalised words, cut at listed names, possessives and "and", without nationalities at their head."""
    for match in _RUN.finditer(open_text):
        at = match.start()
        for part in re.split(r"((?:'s)? and |'s )", match.group()):
            if lower(part) in places:
                at += len(part)
                continue
            run, start = _trimmed(without_town(part, places), at, text)
            at += len(part)
            while run and (words := place_words(run, places, chinese_places)):
                start += len(" ".join(run.split(" ")[:words])) + 1
                run = " ".join(run.split(" ")[words:])
            if _names_something(run, places) and text[start + len(run) : start + len(run) + 1] not in (
                "$",
                "€",
                "£",
                "¥",
            ):
                yield run, start


def _bare(word: str) -> str:
    return lower(word).removesuffix("'s").strip("'.")


def _names_something(run: str, places: frozenset[str]) -> bool:
    """Not a number, a place, a series or class, nor an adjective made of a place ("Shanghai-listed")."""
    if len(run) < 2 or run.isdigit() or not (run[0].isupper() or run[0].isdigit()) or lower(run) in places:
        return False
    return not _NOT_NAMES.search(run)


def _trimmed(run: str, start: int, text: str) -> tuple[str, int]:
    """Without stop words at either end; "" where nothing is left. A sentence's first word needs more than its capital."""
    words = run.split(" ")
    while words and _bare(words[0]) in _STOP:
        start += len(words[0]) + 1
        words.pop(0)
    while words and (_bare(words[-1]) in _STOP or words[-1] in ("&", "and", "of")):
        words.pop()
    run = re.sub(r"(?:'s|')$", "", " ".join(words)).rstrip(".")
    opens = start == 0 or text[:start].rstrip(" \"'(•-")[-1:] in ".!?\n:" or text[start - 1 : start] == "\n"
    if opens and len(words) == 1 and not _within_a_sentence(run, text) and not _is_told_again(run, start, text):
        return "", start
    return run, start


_MIXED = re.compile(r"[a-zà-ÿ][A-Z]|[A-Z]\w*[-&+]\w")


def _is_told_again(word: str, start: int, text: str) -> bool:
    """Whether a sentence's first word is a name all the same: by an apposition, a capital within it, or told twice."""
    after = text[start + len(word) : start + len(word) + 90]
    if _MIXED.search(word) or _AFTER.match(after):
        return True
    return len(word) > 3 and text.count(word) > 1 and lower(word) not in text


def _evidence(run: str, before: str, after: str, start: int) -> int:
    worth = 1 if start < 1500 and " " not in run and not (run.isupper() and len(run) < 5) else 0
    if _BEFORE.search(before):
        worth += 2
    if _AFTER.match(after):
        worth += 2
    if COMPANY_WORD.search(run):
        worth += 2
    if " " in run and start < LEAD and _ACTS.match(after):
        worth += 1
    if after.startswith("'s") or after.startswith("' "):
        worth += 1
    if re.search(
        r"(?<!stake )(?<!stakes )(?<!shares )(?<!invest )(?<!invests )(?<!invested )(?<!investor )(?<!investment )(?<!holding )(?<!interest )\b(?:in|at|near|around|outside|through|across|towards|over) $",
        before,
    ):
        worth -= 2
    if re.search(r"\b(?:with|from|to|of|into|and|by|between|at|acquire|buy|bought) $", before) and start < 900:
        worth += 1
    return worth


def _is_person(run: str, people: set[str]) -> bool:
    """Whether it is somebody's name, or the last word of it; in a headline and told again it may still be a firm's,
    called by its owner's name."""
    words = run.split()
    if run in people or any(run in other.split() for other in people):
        return True
    return len(words) <= 3 and words[-1] in people and not COMPANY_WORD.search(run)
