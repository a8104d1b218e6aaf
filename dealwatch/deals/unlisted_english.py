# ruff: noqa: E501, SIM905  (tables of words read best in few lines)
"""Names nobody listed in English text: rows of capitalised words, told by an apposition, a trade before them and their
place in the clause."""

import re
from collections import Counter
from collections.abc import Iterator

from dealwatch.deals.families import bare
from dealwatch.deals.records import Side
from dealwatch.deals.script import lower
from dealwatch.deals.text import Masked, Texts, stands
from dealwatch.deals.towns import Places, says_firm

_UPPER = "".join(chr(code) for code in (*range(0x41, 0x250), *range(0x1E00, 0x1F00)) if chr(code).isupper())
# A class at the head lets the search leap from capital to capital.
_CAPITAL = rf"[{_UPPER}0-9](?:(?<=[{_UPPER}])[\w&'.+-]*[\w+!]|(?<=[A-Z])\b|(?<=[0-9])\d*[A-Z]\w*)"
_RUN = re.compile(
    rf"{_CAPITAL}(?: (?:(?:&|and|of|de|la|le|du|des|von|van|der|del|di|da|y|et|by|the) )?{_CAPITAL}| \d{{1,3}}\b)*"
)
_TRADES = frozenset(
    """retailer e-tailer etailer brand label chain grocer supermarket marketplace platform company firm group giant startup start-up conglomerate maker manufacturer
    operator app site website store discounter wallet bank fund investor carrier airline courier post service house jeweller jeweler designer distributor wholesaler brewer
    dairy roaster bakery unicorn business seller merchant packer presser grower co-operative cooperative co-op distiller distillery mill weaver roastery dealer smokehouse
    winery vineyard estate creamery studio caterer eatery café cafe canteen diner butcher fishmonger workshop tannery tailor couturier boutique emporium cash-and-carry haulier
    forwarder bottler confectioner chocolatier canner farm cellar optician upholsterer outfitter pharmacy drugstore hypermarket provider fintech exporter importer producer
    specialist toymaker shoemaker winemaker perfumer watchmaker holding""".split()
)
"""What a firm is called by its trade; of several words ("restaurant chain") the last."""
_CALLED = frozenset(["called", "named", "dubbed", "by"])
_TITLES = frozenset(
    """mr ms mrs dr sir ceo president founder co-founder owner co-owner chairman chairwoman director analyst manager spokesman spokeswoman spokesperson boss head professor
    minister secretary commissioner economist chief officer executive actor actress singer designer star host king queen prince governor senator says said mayor judge
    influencer livestreamer photographer""".split()
)
"""Words before a person's name."""
_APPOSED = re.compile(r"^(?:'s)?, [^.;,]*")
_TOLD_MORE = re.compile(r"^(?:'s)?, (?:which|whose|of|a|an|the|one of|its|another)\b")
"""The words that begin an apposition behind a name, whatever it says."""
_EXPLAINED = re.compile(
    r"^(?:'s)?,?\s(?:(which)|(?:the|a|an|one of|its|another|[a-z]+'s)\s((?:[\w'-]+\s){0,6}[\w'-]+))", re.I
)
"""An apposition behind a name, and up to seven words in which it may name a trade."""
_PERSON_AFTER = re.compile(
    r"^(?:,\s(?:\(?\d\d\)?,|who\b)|\s(?:writes|wrote|reports for|tells|recalls)\b|,?\s(?:who\b|(?:,\s)?(?:the\s|its\s|a\s|an\s)?(?:[\w'&.-]+\s){0,3}(?:chief|ceo|president|founder|co-founder|chairman|chairwoman|director|"
    r"analyst|manager|spokesman|spokeswoman|spokesperson|professor|economist|minister|vice-president|secretary)\b))",
    re.I,
)
_WHERE = frozenset(["in", "at", "near", "around", "outside", "through", "across", "towards", "over"])
"""Words before the name of a place, unless something is held or put in it."""
_HELD = frozenset(
    ["stake", "stakes", "shares", "invest", "invests", "invested", "investor", "investment", "holding", "interest"]
)
_BESIDE = frozenset(["with", "from", "to", "of", "into", "and", "by", "between", "at", "acquire", "buy", "bought"])
"""Words before the other side of a deal."""
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
    npr cnn cbs nbc msnbc nhk cdc fda epa fbi cia nato opec oecd unesco unicef apec brics associated press
    mandarin olympics olympic games brexit internet eve bay coast lake island park street fair chinatown administration treasury continent office queen king act mps vat soviet muslim
    industry department style world great big high eid diwali tet thanksgiving halloween muslims arabs asians trump six seven eight nine ten i've i'm i'd i'll mondays tuesdays wednesdays
    thursdays fridays saturdays sundays t-shirt t-shirts k-beauty k-pop c-beauty development live flash choice rat ox pig horse dragon rabbit tiger snake rooster monkey goat mini
    members shareholders women men workers farmers partner partners master chamber council tribunal authority association bureau station gate main middle end half first-half
    separately general family power woman man green white black red blue gold silver star pearl joy new-year songkran lebaran adrs ebitda rmb pre-tax sms usb led x-ray 5g
    riesling shiraz malbec cabernet cognac champagne scotch rosé oreos tvs ipos ngos mfs ceos uht god duke duchess prince princess mayor treasurer consul nobel euro pound
    foreign minister prime customs competition central state-owned people's republic free trade zone port airport tower building hall avenue boulevard road square
    buyers shoppers sellers customers users sources people investors analysts merchants consumers executives staff employees shares sales revenue profit
    will would can could may might must shall should has have had is are was were be been being do does did""".split()
)
_NOT_NAMES = re.compile(
    r"^[A-Z][a-z]+-[a-z]{3,}(?:-[a-z]+)*$|^[A-Z]{1,3}\d+(?:\.\d+)?(?:m|bn|k)$|-(?:listed|based|backed|owned|born|led|run|made|style|speaking|era)$|^(?:Series|Class|Round|Phase|Founders?|Spokes\w+|Valley|York|Asia|America|Europe|Pacific|Atlantic|Mediterranean|Gulf|Himalaya\w*|Super Bowl|World Cup|White House)\b|^(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Twenty|Thirty|Forty|Fifty|Sixty|Seventy|Eighty|Ninety)-|^(?:City|University|Committee|Investment|Information Technology|Company|Group|Fire|Top|Measure)$"
)
READ = 6000
"""Characters of the text that are searched."""
LEAD = 500
"""Characters of the text in which a name of several words that acts in its sentence may be a firm's."""
_ACTS = re.compile(
    r"^ (?:has|have|had|is|was|will|would|may|could|can|plans?|wants?|hopes?|means|intends|sells?|sold|makes?|made|buys?|bought|opens?|opened|closes?|closed|signed|signs|"
    r"took|takes|runs|ran|gave|gives|got|gets|put|puts|went|goes|joins?|joined|agreed|agrees|expects|denied|denies|confirmed|confirms|announced|announces|launched|launches)\b"
)
_SPEAKS = re.compile(
    r"^(?:'s)? (?:said|says|told|tells|added|adds|wrote|writes|reports|reported|notes|noted|explains|explained|recalls|recalled|argues|calls|called|thinks|believes|sees|expects|joined|will|has|had)\b"
)


_CHINESE_TRADE = re.compile(r"\b(?:china's|chinese(?: [\w-]+){0,2} ([\w-]+)) $")


def english(both: Texts, open_: Masked, places: Places) -> dict[str, tuple[Side, str]]:
    """Rows of capitalised words that something makes a name, as they stand: (side, in full). `open_` has the listed
    names blotted out."""
    text, title = both.plain["text"], both.lower["title"]
    counts: Counter[str] = Counter()
    points: Counter[str] = Counter()
    sides: dict[str, Side] = {}
    people: set[str] = set()
    for run, start in _runs(text[:READ], open_["text"][:READ], places):
        end = start + len(run)
        near, after = lower(text[max(0, start - 45) : start]), text[end : end + 90]
        before = _words_before(near)
        titled = before[-1] in _TITLES and not after.startswith("'s")  # "said Kejiya's manager" names a firm
        if titled or (_PERSON_AFTER.match(after) and not says_firm(run)):
            people.add(run)
            people.update(word for word in run.split() if len(word) > 2)
            continue
        counts[run] += 1
        points[run] += _evidence(run, before, after, start) + _by_its_words(run, text, places)
        if _said_chinese(near, before, lower(after[:55]), places):
            sides.setdefault(run, "chinese")
    for run in list(counts):
        words = run.split(" ")
        if len(words) == 2 and not says_firm(run) and _SPEAKS.search(_after_alone(words, text)):
            people.add(run)
        if stands(lower(run), title):
            points[run] += 2
        points[run] += min(counts[run] - 1, 2)
    chosen = [
        run
        for run, worth in points.most_common()
        if worth >= 1 and (not _is_person(run, people) or (counts[run] > 1 and stands(lower(run), title)))
    ]
    for run in chosen:
        at = title.find(lower(run))
        said = _CHINESE_TRADE.search(title[:at]) if at > 0 else None
        if said and (said[1] is None or _is_trade(said[1])):
            sides.setdefault(run, "chinese")
    return _in_full({run: sides.get(run) or _side_by_name(run, places) for run in chosen}, places)


def _words_before(near: str) -> tuple[str, str]:
    """The last two words right before a place, lower-case, the last with its comma; "" where a mark stands between."""
    if not near[-1:].isspace():
        return "", ""
    words = near[:-1].rsplit(" ", 2)[-2:]
    return (words[0] if len(words) > 1 else ""), words[-1].lstrip("\"'(")


def _is_trade(word: str) -> bool:
    """Whether it says what a firm does: "retailer", "fashion-house", "chains,"."""
    word = word.rstrip(",")
    return any(form in _TRADES or form[:-1] in _TRADES for form in (word, word.rpartition("-")[2]))


def _said_chinese(near: str, before: tuple[str, str], tail: str, places: Places) -> bool:
    """Whether the words about a name say that the firm is of China: "the Chinese grocer X", "X, a Beijing label"."""
    if before[-1] != "by" and _names_trade(before[-1]) and places.speak_of_china(near):
        return True
    apposed = _APPOSED.match(tail)
    return (apposed is not None and places.speak_of_china(apposed.group())) or (
        tail.startswith(" of ") and places.begin_with_china(tail[4:])
    )


def _names_trade(word: str) -> bool:
    return word in _CALLED or _is_trade(word)


def _in_full(sides: dict[str, Side], places: Places) -> dict[str, tuple[Side, str]]:
    """Each name with its side and its full form: a headline's "Tiema" is the text's "Tiema Shoes", which does without
    its "Group", and "Hengjia" is Zhejiang Hengjia."""
    found = {run: (side, run) for run, side in sides.items()}
    for short in sides:
        longer = [run for run in sides if _is_longer(run, short, places)]
        forms = {bare(run): run for run in sorted(longer, key=len, reverse=True)}
        same = forms.pop(bare(short), "")
        full = same if same.endswith((" Group", " Holding")) else same and short
        if len(forms) == 1:
            full = next(iter(forms.values()))
        if not full:
            continue
        alike = [short, *(run for run in longer if bare(run) in (bare(short), bare(full)))]
        side: Side = "chinese" if any(sides[run] == "chinese" for run in alike) else "foreign"
        found.update(dict.fromkeys(alike, (side, full)))
    return found


def _is_longer(run: str, short: str, places: Places) -> bool:
    """Whether a name is another one with what the firm does behind it, or with its Chinese town before it."""
    if run.startswith(short + " "):
        return says_firm(run[len(short) :])
    return run.endswith(" " + short) and lower(run[: -len(short) - 1]) in places.china


def _after_alone(words: list[str], text: str) -> str:
    """What follows the last word of a name where it stands without its first: "Neves said"."""
    at = text.find(words[1])
    while at >= 0:
        if not text.endswith(words[0] + " ", 0, at) and not text[at + len(words[1]) : at + len(words[1]) + 1].isalpha():
            return text[at + len(words[1]) : at + len(words[1]) + 14]
        at = text.find(words[1], at + 1)
    return ""


def _within_a_sentence(word: str, text: str) -> bool:
    """Whether the word stands somewhere behind another one, so that its capital is not the sentence's."""
    at = text.find(word)
    while at >= 0:
        before = text[max(0, at - 3) : at].rstrip(" ,(")
        if before[-1:].isalnum() and text[at - 1 : at] in " (" and at:
            return True
        at = text.find(word, at + 1)
    return False


def _side_by_name(run: str, places: Places) -> Side:
    return "foreign" if places.china.isdisjoint(lower(run).split()) else "chinese"


def _runs(text: str, open_text: str, places: Places) -> Iterator[tuple[str, int]]:
    """Rows of capitalised words, cut at listed names, possessives and "and", without nationalities at their head."""
    for match in _RUN.finditer(open_text):
        row = match.group()
        if _bare(row) in _STOP:  # "The", "In": most of them
            continue
        at = match.start()
        for number, part in enumerate(_PARTED.split(row)):
            start, at = at, at + len(part)
            if number % 2 or lower(part) in places.words:
                continue
            run, start = _trimmed(places.without_town(part), start, text)
            while run and (words := places.words_at_head(run)):
                start += len(" ".join(run.split(" ")[:words])) + 1
                run = " ".join(run.split(" ")[words:])
            if _names_something(run, places) and text[start + len(run) : start + len(run) + 1] not in _CURRENCIES:
                yield run, start


_PARTED = re.compile(r"((?:'s)? and |'s )")
_CURRENCIES = ("$", "€", "£", "¥")


def _bare(word: str) -> str:
    return word.lower().removesuffix("'s").strip("'.")


def _names_something(run: str, places: Places) -> bool:
    """Not a number, a place, a series or class, nor an adjective made of a place ("Shanghai-listed")."""
    if says_firm(run) and " " not in run:  # "Food", left over behind a listed name
        return False
    if len(run) < 2 or run.isdigit() or not (run[0].isupper() or run[0].isdigit()) or lower(run) in places.words:
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
    run = " ".join(words).removesuffix("'s").removesuffix("'").rstrip(".")
    if len(words) != 1 or not _opens(text, start):
        return run, start
    told = _within_a_sentence(run, text) or _is_told_again(run, start, text)
    return (run, start) if told else ("", start)


def _opens(text: str, start: int) -> bool:
    """Whether a sentence begins there."""
    return text[max(0, start - 8) : start].rstrip(" \"'(•-")[-1:] in ".!?\n:"


_MIXED = re.compile(r"[a-zà-ÿ][A-Z]|[A-Z]\w*[-&+]\w")


def _is_told_again(word: str, start: int, text: str) -> bool:
    """Whether a sentence's first word is a name all the same: by an apposition, a capital within it, or told twice."""
    after = text[start + len(word) : start + len(word) + 90]
    if _MIXED.search(word) or _explains(after):
        return True
    return len(word) > 3 and text.count(word) > 1 and lower(word) not in text


def _explains(after: str) -> bool:
    """Whether an apposition right behind a name says what firm it is: ", a Lyon-based maker of ..."."""
    told = _EXPLAINED.match(after)
    return told is not None and (told[1] is not None or any(map(_is_trade, lower(told[2]).split())))


def _evidence(run: str, before: tuple[str, str], after: str, start: int) -> int:
    """What speaks for a row of words being a firm's name, by where it stands: 1 is enough."""
    last_but_one, last = before
    worth = 1 if start < 1500 and " " not in run and not (run.isupper() and len(run) < 5) else 0
    worth += 2 * _names_trade(last)
    worth += 2 * _explains(after)
    worth += 2 * says_firm(run)
    worth += " " in run and start < LEAD and (_ACTS.match(after) or _TOLD_MORE.match(after)) is not None
    worth += after.startswith(("'s", "' "))
    worth += start < 900 and last in _BESIDE
    if last in _WHERE and last_but_one not in _HELD:
        worth -= 2
    return worth


def _by_its_words(run: str, text: str, places: Places) -> int:
    """What the words of a row say for a firm's name: a Chinese town at its head ("Yiwu Caiqi"), an "&", or a last word
    that the story uses as a common noun too ("Stronsay Oat")."""
    words = run.split(" ")
    if len(words) == 1:
        return 0
    worth = 2 * ("&" in words or lower(words[0]) in places.china)
    return worth + stands(lower(words[-1]), text)


def _is_person(run: str, people: set[str]) -> bool:
    """Whether it is somebody's name, or the last word of it; in a headline and told again it may still be a firm's,
    called by its owner's name."""
    words = run.split()
    if run in people or any(run in other.split() for other in people):
        return True
    return len(words) <= 3 and words[-1] in people and not says_firm(run)
