# ruff: noqa: E501  (tables and long alternatives read best in few lines)
"""English verb forms: `open~` in a word list stands for open, opens, opened, opening."""

IRREGULAR = {
    "be": "is are was were been being", "become": "becomes became becoming", "begin": "begins began begun beginning",
    "bid": "bids bidding", "bite": "bites bit bitten biting", "break": "breaks broke broken breaking",
    "bring": "brings brought bringing", "build": "builds built building", "burn": "burns burned burnt burning",
    "buy": "buys bought buying", "catch": "catches caught catching", "come": "comes came coming",
    "cut": "cuts cutting", "cost": "costs costing", "deal": "deals dealt dealing", "do": "does did done doing", "draw": "draws drew drawn drawing",
    "drive": "drives drove driven driving", "eat": "eats ate eaten eating", "end": "ends ended ending",
    "fall": "falls fell fallen falling", "feed": "feeds fed feeding", "find": "finds found finding",
    "fly": "flies flew flown flying", "forge": "forges forged forging", "get": "gets got gotten getting",
    "give": "gives gave given giving", "go": "goes went gone going", "grow": "grows grew grown growing",
    "hang": "hangs hung hanging", "have": "has had having", "hold": "holds held holding", "keep": "keeps kept keeping",
    "know": "knows knew known knowing", "lay": "lays laid laying", "lead": "leads led leading",
    "leave": "leaves left leaving", "lend": "lends lent lending", "let": "lets letting", "lose": "loses lost losing",
    "make": "makes made making", "meet": "meets met meeting", "offload": "offloads offloaded offloading",
    "open": "opens opened opening", "part": "parts parted parting", "pay": "pays paid paying", "put": "puts putting",
    "quit": "quits quitted quitting", "raise": "raises raised raising", "rise": "rises rose risen rising",
    "run": "runs ran running", "say": "says said saying", "see": "sees saw seen seeing",
    "seek": "seeks sought seeking", "sell": "sells sold selling", "send": "sends sent sending",
    "set": "sets setting", "shake": "shakes shook shaken shaking", "shed": "sheds shedding",
    "show": "shows showed shown showing", "shut": "shuts shutting", "sink": "sinks sank sunk sinking",
    "spend": "spends spent spending", "split": "splits splitting", "spread": "spreads spreading",
    "stand": "stands stood standing", "step": "steps stepped stepping", "stick": "sticks stuck sticking",
    "strike": "strikes struck striking", "swing": "swings swung swinging", "take": "takes took taken taking",
    "teach": "teaches taught teaching", "tell": "tells told telling", "think": "thinks thought thinking",
    "throw": "throws threw thrown throwing", "tie": "ties tied tying", "touch": "touches touched touching",
    "unwind": "unwinds unwound unwinding", "wind": "winds wound winding", "win": "wins won winning",
    "withdraw": "withdraws withdrew withdrawn withdrawing", "write": "writes wrote written writing",
    "enter": "enters entered entering", "offer": "offers offered offering", "deliver": "delivers delivered delivering",
    "partner": "partners partnered partnering", "pocket": "pockets pocketed pocketing", "exit": "exits exited exiting",
    "visit": "visits visited visiting", "cover": "covers covered covering", "target": "targets targeted targeting",
    "order": "orders ordered ordering", "transfer": "transfers transferred transferring", "trigger": "triggers triggered triggering",
    "integrate": "integrates integrated integrating", "market": "markets marketed marketing", "debut": "debuts debuted debuting",
    "reveal": "reveals revealed revealing", "invest": "invests invested investing", "divest": "divests divested divesting",
    "benefit": "benefits benefited benefiting", "limit": "limits limited limiting", "shelter": "shelters sheltered sheltering",
    "surrender": "surrenders surrendered surrendering", "gather": "gathers gathered gathering", "tender": "tenders tendered tendering",
    "pick": "picks picked picking", "mull": "mulls mulled mulling", "cash": "cashes cashed cashing", "anchor": "anchors anchored anchoring",
    "consider": "considers considered considering", "ponder": "ponders pondered pondering", "dicker": "dickers dickered dickering",
    "develop": "develops developed developing", "funnel": "funnels funnelled funneled funnelling funneling", "travel": "travels travelled traveled travelling traveling",
    "overtake": "overtakes overtook overtaken overtaking", "undertake": "undertakes undertook undertaken undertaking",
    "plow": "plows plowed plowing", "plough": "ploughs ploughed ploughing", "swallow": "swallows swallowed swallowing",
    "follow": "follows followed following", "show_up": "", "renew": "renews renewed renewing", "review": "reviews reviewed reviewing",
    "fold": "folds folded folding", "axe": "axes axed axing", "ax": "axes axed axing", "disclose": "discloses disclosed disclosing",
    "soft-launch": "soft-launches soft-launched soft-launching", "snowball": "snowballs snowballed", "foray": "forays forayed foraying",
    "flee": "flees fled fleeing", "agree": "agrees agreed agreeing", "see_off": "", "overhaul": "overhauls overhauled overhauling",
    "list": "lists listed listing", "unveil": "unveils unveiled unveiling", "wheel": "wheels wheeled wheeling", "steer": "steers steered steering",
    "appear": "appears appeared appearing", "disappear": "disappears disappeared disappearing", "reopen": "reopens reopened reopening",
    "pool": "pools pooled pooling", "pour": "pours poured pouring", "sail": "sails sailed sailing", "haul": "hauls hauled hauling",
}  # fmt: skip
_VOWELS = "aeiou"


def verb_forms(verb: str) -> tuple[str, ...]:
    """The verb itself and its other forms; regular spelling rules where the verb is not in the table."""
    if verb in IRREGULAR:
        return (verb, *IRREGULAR[verb].split())
    if verb.endswith("e"):
        return verb, verb + "s", verb + "d", (verb[:-2] + "ying" if verb.endswith("ie") else verb[:-1] + "ing")
    if verb.endswith("y") and verb[-2:-1] not in _VOWELS:
        return verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"
    third = verb + ("es" if verb.endswith(("s", "x", "z", "ch", "sh", "o")) else "s")
    stem = verb + verb[-1] if _doubles(verb) else verb
    return verb, third, stem + "ed", stem + "ing"


def _doubles(verb: str) -> bool:
    """One short syllable ending in one consonant after one vowel: snap, snapped."""
    if len(verb) < 3 or verb[-1] in "wxyaeiou" or verb[-2] not in _VOWELS or verb[-3] in _VOWELS:
        return False
    return sum(character in _VOWELS for character in verb) == 1


def expand(form: str) -> tuple[str, ...]:
    """Every spelling of one entry: `shut~ up shop` inflects its marked words; an entry without `~` is itself."""
    spellings = [""]
    for word in form.split(" "):
        forms = verb_forms(word[:-1]) if word.endswith("~") else (word,)
        spellings = [f"{before} {each}" if before else each for before in spellings for each in forms]
    return tuple(dict.fromkeys(spellings))
