# ruff: noqa: E501, SIM905  (tables and long alternatives read best in few lines)
"""Names in Chinese characters that nobody listed ("佛山洁葆纸业确认…"), and how they are written in Latin letters.

Chinese has neither capitals nor spaces to show a name by. What shows it: a trade behind it (纸业), a place or the word for
a firm before it (佛山, 企业), quotation marks, the head of a headline or sentence, and that it is told again.
"""

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from dealwatch.deals.records import Side
from dealwatch.deals.text import Masked
from dealwatch.deals.towns import Places

READ = 1500
"""Characters of the text that are searched."""
MOST = 5
LONGEST = 4
"""Characters of a name before its trade, its town aside."""
_TRADES = {
    "食品": "Foods", "饮食": "Catering", "餐饮": "Catering", "饮品": "Beverage", "饮料": "Beverage", "乳业": "Dairy",
    "酒业": "Wine", "黄酒": "Rice Wine", "茶业": "Tea", "茶叶": "Tea", "茶饮": "Tea", "奶茶": "Tea", "咖啡": "Coffee",
    "火锅": "Hotpot", "烘焙": "Bakery", "糕点": "Cake", "炸鸡": "Fried Chicken", "鸡排": "Chicken Steak", "海产": "Seafood",
    "水产": "Seafood", "果业": "Fruit", "农业": "Agriculture", "橙业": "Orange", "糖业": "Sugar", "服饰": "Fashion",
    "服装": "Fashion", "时装": "Fashion", "男装": "", "女装": "", "童装": "", "鞋业": "Shoes", "织袜": "Hosiery",
    "家纺": "Home Textile", "家居": "Home", "家具": "Furniture", "家电": "Appliance", "电器": "Appliance",
    "洁具": "Sanitary Ware", "卫浴": "Sanitary Ware", "眼镜": "Optical", "光学": "Optical", "珠宝": "Jewellery",
    "饰品": "Accessories", "皮具": "Leather", "箱包": "Luggage", "玩具": "Toys", "渔具": "Tackle", "户外": "Outdoor",
    "体育": "Sports", "雪具": "Snow Gear", "纸业": "Paper", "日化": "Daily Chemical", "化妆品": "Cosmetics",
    "美妆": "Beauty", "生物": "Biotech", "草本": "Herbal", "宠物食品": "Pet Food", "宠物": "Pet",
    "药业": "Pharmaceutical", "医药": "Pharmaceutical", "制药": "Pharmaceutical", "药房": "Pharmacy", "大药房": "Pharmacy",
    "超市": "Supermarket", "百货": "Department Store", "商场": "Department Store", "商城": "Mall", "便利店": "Convenience",
    "便利": "Convenience", "商贸": "", "贸易": "Trading", "商业": "Commercial", "实业": "Industrial", "科技": "Tech",
    "网络": "Network", "电子": "Electronics", "电源": "Power", "物流": "Logistics", "货运": "Logistics",
    "国际物流": "Logistics", "供应链": "Supply Chain", "快递": "Express", "速递": "Express", "快运": "Express",
    "速运": "Express", "海外仓": "", "电商": "", "优选": "", "生鲜": "Fresh", "集团": "Group", "控股": "Holdings",
    "股份": "", "投资": "Investment", "资本": "Capital", "创投": "Ventures", "基金": "Fund", "国际": "International",
    "支付": "Pay", "文化": "Culture", "传媒": "Media", "书店": "Bookstore", "母婴": "", "连锁": "", "公司": "", "有限公司": "",
}  # fmt: skip
"""What a firm does, as it stands behind its name, and how that is said in its English name ("" where it is left out)."""
_ANY_TRADE = "|".join(sorted(_TRADES, key=len, reverse=True))
_FIRM = (
    "企业|公司|品牌|连锁|平台|集团|厂商|厂家|工厂|零售商|运营商|经销商|代理商|供应商|制造商|进口商|出口商|分销商|老字号|餐企|药企|商家|卖家|大卖|机构|创企|"
    "独角兽|基金|商超|超市|电商|快递商|物流商|货代|药妆店|茶饮|书店|网店|新秀|新锐|巨头|龙头|大厂|女装|男装|童装|火锅|零食|咖啡|便利店|独立站|海外仓|农协|老铺|面馆|酒厂|茶厂"
)
_BEHIND = (
    r"(?=[，。；：、！？\"'（()）《》\s\d一二三四五六七八九十去今昨明本上前近日早当在的与和跟同向把被将已拟欲正也又再从由以为是有要想来用于对获拿称说携联签开关撤卖买吃接投领引试首成合停换尚未不没仍还只都就并之]|$|"
    "表示|宣布|公告|公布|发布|透露|确认|证实|否认|回应|澄清|计划|打算|考虑|牵手|入驻|入股|入主|进驻|进军|进入|登陆|落户|退出|告别|出售|转让|收购|收下|收回|融资|完成|代理|推出|出海|达成|终止|结束|"
    "放弃|旗下|方面|中止|交出|交给|董事|总经理|总裁|创始人|负责人|海外|有限|公司|集团)"
)
_HAN = r"[\u4e00-\u9fff]"
_TRADE = re.compile(rf"({_ANY_TRADE}){_BEHIND}")
_BEFORE_TRADE = re.compile(rf"{_HAN}{{2,8}}$")
_APPOSED = re.compile(rf"(?:{_FIRM})\"?({_HAN}{{2,5}}?)\"?{_BEHIND}")
_HEADING = re.compile(rf"(?:^|[，：；？！\s])\"?({_HAN}{{2,5}}?)\"?{_BEHIND}")
_QUOTED = re.compile(rf"\"({_HAN}{{2,6}})\"")
_DEALT = re.compile(
    rf"(?:收购|入股|牵手|携手|联手|投资|买下|拿下|签约|入驻|登陆|参股|引进|[与和同跟给])({_HAN}{{2,4}}?){_BEHIND}"
)
_BEHIND_TOWN = re.compile(rf"的?({_HAN}{{2,4}}?){_BEHIND}")
_OPENING = re.compile(
    rf"(?:^|[\n。！？])({_HAN}{{2,5}}?)(?=公告|宣布|公布|表示|称|昨|日前|近日|在|已|与|和|周[一二三四五六日]|[上本]周|[上本]月|\d{{1,2}}[月日])"
)
_NEVER = re.compile(
    "[的了着是和与在为从把被这那其该各每两几某个家次年月日时元也都就还并及或但而您我你他她它们让给向对于所以因如果由称说将已不没]"
    "|成立|合资|合作|收购|共同|签署|设立|签约|开设|组建"
)
"""Characters and words that names as good as never hold."""
_WORDS = frozenset(
    """公司 企业 集团 平台 品牌 中国 全国 国内 海外 本地 当地 消费者 商家 用户 双方 对方 记者 市场 门店 首店 超市 百货 便利 电商 跨境 外资 中资 国际 合资 合营 合组 协议
    交易 项目 供应链 物流 快递 科技 投资 资本 基金 食品 餐饮 连锁 零售 贸易 商业 有限 股份 控股 子公司 母公司 总部 董事会 创始人 负责人 发言人 业内 人士 消息 媒体 官方 公告 邮件 股东 管理层 合作
    伙伴 合作方 没有 出口 进口 开业 收入 业务 服务 未来 参展 试营业 大陆 内地 传统 高端 老牌 知名 新兴 本土 休闲 生活 时尚 健康 智能 电子 全球 世界 亚洲 欧洲 线上 线下 社区 精品 平价 奢侈品
    保健品 护肤品 新茶饮 现制 连锁店 直播 旗舰店 官方店 专卖店 海外仓 经销商 代理人 中东 保税 药房 邮政 西路 建设 数字 应用 烘焙师 面馆 清真 目标 阳光 货代 文具 折扣 美妆 巨大 电视购物 手机店
    车厘子 圣诞老人 碰一下 八宝粥 女鞋 麦片 选品 合建 乳品 华人 药妆 排队 机场 旗下 最大 外送 上市 猫粮 合办 顾问 老板 消费 一边 法院 免税 增持 三文鱼 即饮 瓶装 动画 总经理 最后 地方 牌子 移动
    责任人 平价服饰 女装 男装 童装 服装 芯片 量贩零食 底料 宠物 宿舍 仅退款 茶饮 饮料 反内卷 新一轮 提案 游客 总统 增长 商务部 贸易部 钱包 新药 肉铺 渔具 糖厂 袜子 鸡排 香菇 面包 烟酒 快餐 海关
    骑手 曲奇 国资 换电 一杯 咖啡 消费券 部长 影片 认购 高级 辣酱 最大连锁 数字商业 创业者 消委会 接生 螺蛳粉 木雕 小镇 兄妹 火锅 零食 奶粉 牛奶 白酒 啤酒 茶叶
    手机 家电 汽车 酒店 餐厅 商场 工厂 学校 医院 政府 机构 大学 总统府 反垄断 供货 独家 授权 首批 首家 全资 少数 多数 控制权""".split()
)


_ORDINARY = _WORDS | frozenset(_FIRM.split("|")) | _TRADES.keys()


def han(open_: Masked, places: Places) -> dict[str, tuple[Side, str]]:
    """Names of two to five characters, as they stand: (side, written in Latin letters). `open_` has the listed names
    blotted out."""
    title, text = open_["title"], open_["text"][:READ]
    whole = f"{title}\n{text}"
    points: Counter[str] = Counter()
    trades: dict[str, str] = {}
    towns: dict[str, str] = {}
    for core, worth, trade, town in _met(title, text, whole, places):
        if _may_name(core, places):
            points[core] += worth
            trades[core] = trades.get(core) or trade
            towns[core] = towns.get(core) or town
    told = {core: whole.count(core) for core in points}
    sure = [
        core
        for core, worth in points.items()
        if worth >= 3 or (worth == 2 and told[core] > 1) or (worth and told[core] > 2)
    ]
    sure.sort(key=lambda core: (-points[core] - told[core], -len(core), core))
    kept: list[str] = []
    for core in sure:
        if not any(core in other or other in core for other in kept):
            kept.append(core)
    return {
        core: (_side(core, whole, places), latin(core, trades[core], _own_town(towns[core], places)))
        for core in kept[:MOST]
    }


def _met(title: str, text: str, whole: str, places: Places) -> Iterator[tuple[str, int, str, str]]:
    """(core of the name, what it is worth, its trade, its town) for every shape that is met."""
    for start, before, trade in _traded(whole):
        core, town = _without_town(before, places)
        if len(core) <= LONGEST and (town or _starts_anew(whole, start)):
            yield core, 3 if town else 2, trade, town
    for core, town in _townsmen(whole, places):
        yield core, 1, "", town
    for shape, field in ((_APPOSED, whole), (_HEADING, title), (_QUOTED, whole), (_DEALT, whole), (_OPENING, text)):
        for match in shape.finditer(field):
            core, town = _without_town(match[1], places)
            yield core, 2 if town else 1, "", town


def _townsmen(whole: str, places: Places) -> Iterator[tuple[str, str]]:
    """(core, town) of what stands right behind a Chinese town, or behind the town's "的": 安溪的云岭堂."""
    for start, end in places.of_china(whole):
        match = _BEHIND_TOWN.match(whole, end)
        if match and whole[start:end] not in _LANDS:
            yield match[1], whole[start:end]


def _traded(whole: str) -> Iterator[tuple[int, str, str]]:
    """(start, up to eight characters, the trade behind them), from left to right."""
    done = 0
    for match in _TRADE.finditer(whole):
        start = max(done, match.start() - 8)
        if before := _BEFORE_TRADE.search(whole[start : match.start()]):
            yield start + before.start(), before.group(), match[1]
            done = match.end()


def _without_town(core: str, places: Places) -> tuple[str, str]:
    """Without the town at its head, if enough is left, and that town: 佛山洁葆 is 洁葆 of 佛山."""
    for length in (5, 4, 3, 2):
        if len(core) - length >= 2 and core[:length] in places.words:
            return core[length:].removeprefix("的"), core[:length]
    return core, ""


def _own_town(town: str, places: Places) -> str:
    """The town where it may be part of the name: 青岛海维, but not "中国海维", nor a town abroad."""
    return town if town in places.china and town not in _LANDS else ""


_LANDS = frozenset(["中国", "中国内地", "中国大陆", "内地", "大陆", "国内", "国产", "国人", "国货", "华", "国"])


def _starts_anew(whole: str, at: int) -> bool:
    """Whether a name may begin here: behind a mark, a digit, or a word that joins or acts on it."""
    if at == 0 or not re.match(_HAN, whole[at - 1]):
        return True
    before = whole[max(0, at - 4) : at]
    return before[-1] in "与和由向被将对给及跟同是为从的日" or re.search(rf"(?:{_FIRM})$", before) is not None


def _may_name(core: str, places: Places) -> bool:
    return len(core) > 1 and core not in _ORDINARY and core not in places.words and not _NEVER.search(core)


def _side(core: str, whole: str, places: Places) -> Side:
    """Chinese, as names in characters are, unless the nearest place before it in its clause lies abroad, or its
    characters are all of those that spell foreign names."""
    at = whole.find(core)
    clause = re.split(r"[，。；：！？\s]", whole[max(0, at - 12) : at])[-1]
    found = _last_place(clause, places)
    if found:
        return "chinese" if found in places.china else "foreign"
    return "foreign" if len(core) > 2 and set(core) <= _SPELLING else "chinese"


def _last_place(clause: str, places: Places) -> str:
    """The place that begins last in a clause, the longer one of two; "" where there is none."""
    for start in range(len(clause) - 1, -1, -1):
        for end in range(len(clause), start, -1):
            if clause[start:end] in places.words:
                return clause[start:end]
    return ""


_SPELLING = frozenset(
    "阿艾埃安奥巴贝比伯布查达戴丹德迪蒂丁杜多厄尔恩法菲费弗福戈格古哈海汉赫霍基吉加杰金卡凯坎科克肯库拉莱兰朗勒雷里利林卢鲁伦罗洛马麦曼梅蒙米莫姆穆娜纳南内尼诺欧帕佩皮珀普奇乔切琼萨塞桑沙圣施斯思苏索塔泰坦汤特提托瓦万维威"
    "韦沃伍西希夏谢辛休雅亚扬伊因尤约泽扎詹兹"
)
_NAMED_BY_TRADE = re.compile(rf"({_HAN}{{2,}}?)({_ANY_TRADE})")


@lru_cache(maxsize=4096)
def latin(core: str, trade: str = "", town: str = "") -> str:
    """The name in pinyin, its trade in English: 洁葆 and 纸业 make "Jiebao Paper". A firm whose name says no trade is
    mostly called with its town: "Qingdao Haiwei"."""
    from pypinyin import lazy_pinyin  # loaded when first needed: it takes 150 ms, and most stories need it not

    if not trade and (match := _NAMED_BY_TRADE.fullmatch(core)):
        core, trade = match.groups()
    spelled = "".join(lazy_pinyin(core, v_to_u=True)).capitalize()
    if trade or not town:
        return f"{spelled} {_TRADES.get(trade, '')}".strip()
    return f"{_TOWNS.get(town) or ''.join(lazy_pinyin(town, v_to_u=True)).capitalize()} {spelled}"


_TOWNS = {"哈尔滨": "Harbin", "西安": "Xi'an", "呼和浩特": "Hohhot", "乌鲁木齐": "Urumqi", "内蒙古": "Inner Mongolia", "陕西": "Shaanxi", "鄂尔多斯": "Ordos"}  # fmt: skip
"""Towns that English does not spell by their sound."""
