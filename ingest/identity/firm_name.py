"""The parts of a firm's name: region, core (字号), trade, form (企业名称登记管理规定 第六条)."""

from __future__ import annotations

import re
from functools import lru_cache

from ingest.identity.writing import simplified

__all__ = ["core_name"]

_REGION = re.compile(
    r"^(?:中国|陕西省?|宝鸡市?|[一-鿿]{2,3}?(?:省|自治区)|[一-鿿]{2,3}?市|[一-鿿]{2,4}?(?:区|县)"
    r"|[一-鿿]{2,4}?(?:镇|乡|街道)|[一-鿿]{2,4}?村)"
)
_FORM = re.compile(
    r"(?:集团)?(?:股份)?(?:有限)?(?:责任)?公司$|有限合伙$|农民专业合作社(?:联合社)?$|专业合作社$|合作社$"
    r"|家庭农场$|股份经济合作社$|经济合作社$|(?:总|加工|制造)?厂$|分公司$|经营部$|经销部$|门市部$|服务部$|商行$|超市$|店$"
)
_TRADES = tuple(
    "农业科技发展 农业科技 农业发展 农业开发 生态农业 现代农业 农业 科技发展 科技 商贸 贸易 工贸 实业 果业 果品 "
    "苹果种植 种植养殖 种养殖 种植 养殖 畜牧 奶山羊 食品加工 食品 粮油 农资 建材 建筑工程 建筑 工程 物流 运输 机械 "
    "农机服务 农机 电子商务 餐饮 百货 日用品 服装 五金 水果 蔬菜 小吃 烟酒 副食 便利 服务 经营 销售 加工".split()
)


@lru_cache(maxsize=1 << 17)
def core_name(name: str) -> str:
    """What is left of a firm's name without region, trade and form; the whole where nothing is.

    >>> core_name("宝鸡市凤翔区丰硕果业有限责任公司"), core_name("凤翔县丰硕苹果种植农民专业合作社")
    ('丰硕', '丰硕')
    """
    text = re.sub(r"[()\s]", "", simplified(name))
    body = _FORM.sub("", text)
    while (shorter := _REGION.sub("", body, count=1)) != body and len(shorter) >= 2:
        body = shorter
    changed = True
    while changed:
        changed = False
        for trade in _TRADES:
            if body.endswith(trade) and len(body) - len(trade) >= 2:
                body, changed = body[: -len(trade)], True
                break
    return body or text
