"""What a channel says: a subject and a text from the channel's templates, or ours, and the deals as data."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dealwatch.errors import DealwatchError
from dealwatch.exports.deal import Deal
from dealwatch.exports.words import amount_of, summary_of, title_of
from dealwatch.watchlist.channels import Channel

SUBJECT = "{% if deals | length == 1 %}{{ deal | title_of }}{% else %}{{ deals | length }} deals{% endif %}"
TEXT = """\
{% for deal in deals %}
{% if deals | length > 1 %}
{{ deal | title_of }}
{% endif %}
{% if news[deal.id] and news[deal.id] != "new deal" %}
{{ news[deal.id] }}
{% endif %}
“{{ deal.sentence }}”
{{ deal | summary_of }}{% if deal.amount %}; {{ deal | amount_of }}{% endif %}

{% for story in deal.told[:3] %}
{{ story.outlet }}: {{ story.title }}{% if story.url %} {{ story.url }}{% endif %}

{% endfor %}
{% if not loop.last %}

{% endif %}
{% endfor %}
"""
MAX_CHARACTERS = 100_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message on its way. `key` is the same whenever this very message is sent again."""

    key: str
    subject: str
    text: str
    deals: tuple[Deal, ...]
    news: dict[int, str]

    def data(self) -> dict[str, Any]:
        """For channels that take JSON."""
        return {
            "key": self.key,
            "subject": self.subject,
            "text": self.text,
            "deals": [{**deal.model_dump(mode="json"), "news": self.news.get(deal.id, "")} for deal in self.deals],
        }


def compose(channel: Channel, key: str, deals: tuple[Deal, ...], news: dict[int, str]) -> Message:
    """The message of `channel` on these deals; `news` says by deal id what is new. Raises DealwatchError."""
    values = {"deals": deals, "deal": deals[0], "news": news}
    subject = _render(channel, "subject", channel.subject or SUBJECT, values)
    text = _render(channel, "text", channel.text or TEXT, values)
    return Message(key, " ".join(subject.split()), text.strip(), deals, news)


def _render(channel: Channel, field: str, source: str, values: dict[str, Any]) -> str:
    try:
        return _environment().from_string(source).render(values)[:MAX_CHARACTERS]
    except (TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        raise DealwatchError(f"channel {channel.name}: {field}: the template fails: {error}") from error


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters.update(title_of=title_of, summary_of=summary_of, amount_of=amount_of)
    return environment
