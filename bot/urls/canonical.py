"""One spelling for the same page, however it is linked.

Our own canonicaliser: the libraries we tried merge different articles or miss half of
the ways one page is linked.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qs, quote, unquote

from bot.urls.hosts import host_of, name_of_host, split_url
from bot.urls.parameters import query_of

__all__ = ["canonical_url", "is_homepage"]

_TELEGRAM: Final = frozenset({"t.me", "telegram.me", "telegram.dog"})
_MIRRORS: Final = {
    name: site
    for site, names in {
        "twitter.com": "x.com twitter.com fxtwitter.com vxtwitter.com fixupx.com nitter.net",
        "youtube.com": "youtube.com youtube-nocookie.com music.youtube.com",
        "vk.com": "vk.com vk.ru",
    }.items()
    for name in names.split()
}
# Pages that only lead on: host, beginning of the path, the parameter that says where.
_LEADS_ON: Final = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), "/url", ("q", "url")),
    (re.compile(r"translate\.google\.[a-z.]{2,6}"), "/translate", ("u",)),
    (re.compile(r"lm?\.facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"l\.instagram\.com"), "/", ("u",)),
    (re.compile(r"(?:m\.)?vk\.(?:com|ru)"), "/away", ("to",)),
    (re.compile(r"out\.reddit\.com"), "/", ("url",)),
    (re.compile(r"(?:www\.)?youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"(?:www\.)?(?:t\.me|telegram\.me)"), "/iv", ("url",)),
)
_STATISTICS: Final = re.compile(r"/channel/@(\w+)/(\d+)(?:/stat)?")
_SESSION: Final = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?;]*", re.I)
_SUBDOMAINS: Final = ("www", "m", "mobile", "amp", "wap", "touch")
_PLAIN_PATH: Final = re.compile(r"[A-Za-z0-9_.\-~/:@!$&'()*+,;=]*")  # nothing is escaped
# Nearly all addresses: no user, no port, no fragment, nothing escaped in host and path.
_PLAIN: Final = re.compile(
    r"https?://(?=[a-z0-9.-]{1,253}(?:[/?]|$))([a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    rf"((?:/{_PLAIN_PATH.pattern})?)(?:\?([!\"$-~]*))?"
)
_INDEX: Final = re.compile(r"/(?:index|default)\.(?:html?|php|aspx?)$", re.I)
_AMP_END: Final = re.compile(r"(?:/amp(?:\.html)?|\.amp(?:\.html)?)$", re.I)
_SECTION: Final = re.compile(r"[^\W\d_]{1,12}(?:\.(?:html?|php))?", re.I)


@lru_cache(maxsize=4_096)  # of one item it is asked for five times
def canonical_url(url: str) -> str:
    """The one spelling of a page's address, always https; "" for what is no web page.

    Of equal pages: tracking parameters, fragments, `www.`, `m.`, AMP in the host, in
    the path and in caches, default ports, user names, trailing slashes, order of
    parameters and escapes do not count. A channel's post is `https://t.me/name/id`.
    For comparing; what is shown is the address as it came (`safe_url`).
    """
    plain = _PLAIN.fullmatch(url)
    if plain is not None and not _may_lead_on(host := plain[1]):
        if host in _TELEGRAM or host.endswith(".t.me"):
            return _telegram(host, plain[2])
        host, path, query = _known_site(_bare(host), _path(plain[2]), query_of(plain[3] or ""))
        return f"https://{host}{path}?{query}" if query else f"https://{host}{path}"
    for _ in range(3):  # a cache or an instant view holds another address
        inner = _unwrapped(url)
        if inner == url:
            break
        url = inner
    parts = split_url(url)
    if parts is None:
        return ""
    host = host_of(parts)
    if not host:
        return ""
    if host in _TELEGRAM or host.endswith(".t.me"):
        return _telegram(host, parts.path)
    host, path, query = _known_site(_bare(host), _path(parts.path), query_of(parts.query))
    netloc = f"[{host}]" if ":" in host else host
    port = parts.port if ":" in parts.netloc else None
    netloc += "" if port in (None, 80, 443) else f":{port}"
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return (
        f"https://{netloc}{path}"
        + (f"?{query}" if query else "")
        + (f"#{fragment}" if fragment else "")
    )


@lru_cache(maxsize=1_024)  # of one item it is asked for thrice
def is_homepage(url: str) -> bool:
    """Whether a canonical address names a site, a section or a channel: no single article.

    A feed whose entries all link to such a page must not make them one story.
    """
    if "?" in url or "#" in url:
        return False
    host, _, path = url.removeprefix("https://").partition("/")
    segments = [unquote(segment) for segment in path.split("/") if segment]
    if host == "t.me":
        return len(segments) < 2 or not segments[-1].isdigit()
    return len(segments) <= 2 and all(_SECTION.fullmatch(segment) for segment in segments)


def _bare(host: str) -> str:
    while True:
        first, _, rest = host.partition(".")
        if first not in _SUBDOMAINS or "." not in rest:
            return host
        host = rest


def _unwrapped(url: str) -> str:
    """The address inside an AMP cache's, an instant view's or a `tg:` link."""
    if url[:3].lower() == "tg:":
        return _tg_link(url)
    parts = split_url(url)
    if parts is None:
        return url
    host = name_of_host(parts.netloc)
    if not _may_lead_on(host):
        return url
    if host.endswith(".cdn.ampproject.org") or host == "cdn.ampproject.org":
        found = re.match(r"/[a-z]/(?:s/)?(.+)", parts.path)
    elif re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host):
        found = re.match(r"/amp/(?:s/)?(.+\..+)", parts.path)
    else:
        found = None
    if found:
        return f"https://{found[1]}" + (f"?{parts.query}" if parts.query else "")
    if host.endswith(".translate.goog"):
        name = host.removesuffix(".translate.goog")
        name = re.sub(r"-(?!-)(?<!--)", ".", name).replace("--", "-")
        return parts._replace(netloc=name).geturl()
    if host == "web.archive.org":
        kept = re.match(r"/web/[^/]+/(https?:/?/?.+)", parts.path)
        if kept:
            original = re.sub(r"^(https?):/+", r"\1://", kept[1])
            return original + (f"?{parts.query}" if parts.query else "")
    for name_of, start, names in _LEADS_ON:
        if name_of.fullmatch(host) and parts.path.startswith(start):
            values = parse_qs(parts.query)
            return next((values[n][0] for n in names if split_url(values.get(n, [""])[0])), url)
    return url


@lru_cache(maxsize=1_024)
def _may_lead_on(host: str) -> bool:
    """Whether pages of a host may only show or name another page."""
    return (
        host.endswith(("cdn.ampproject.org", ".translate.goog"))
        or host == "web.archive.org"
        or re.fullmatch(r"(?:www\.)?google\.[a-z.]{2,6}", host) is not None
        or any(name_of.fullmatch(host) for name_of, _, _ in _LEADS_ON)
    )


def _tg_link(url: str) -> str:
    """`tg://resolve?domain=…&post=…` and `tg://privatepost?channel=…&post=…`."""
    action, _, query = url[3:].lstrip("/").partition("?")
    values = parse_qs(query)
    post = values.get("post", [""])[0]
    if action.lower() == "resolve" and post and (name := values.get("domain", [""])[0]):
        return f"https://t.me/{name}/{post}"
    if action.lower() == "privatepost" and post and (channel := values.get("channel", [""])[0]):
        return f"https://t.me/c/{channel}/{post}"
    return ""


def _telegram(host: str, path: str) -> str:
    segments = [segment for segment in path.split("/") if segment]
    if host.endswith(".t.me") and (name := host.removesuffix(".t.me")) != "www":
        segments = [name, *(segments[1:] if segments[:1] == ["s"] else segments)]
    if segments and segments[0].lower() == "s":
        segments = segments[1:]
    if segments and not segments[0].startswith("+") and segments[0] != "joinchat":
        segments[0] = segments[0].lower()
    chat = 2 if segments[:1] == ["c"] else 1
    posts = segments[chat:]
    if posts and all(re.fullmatch(r"[0-9]{1,18}", post) for post in posts):
        # A topic may stand before the post; the number of the post is the chat's own.
        segments = [*segments[:chat], str(int(posts[-1]))]
    return "https://t.me" + "".join(f"/{segment}" for segment in segments)


def _path(path: str) -> str:
    if not _PLAIN_PATH.fullmatch(path):
        path = _escaped(path)
    if "//" in path:
        path = re.sub(r"/{2,}", "/", path)
    if ";" in path:
        path = _SESSION.sub("", path)
    path = _without_dots(path)
    if "." in path:
        path = _INDEX.sub("", path)
    path = path.rstrip("/")
    if "amp" in path.lower():
        path = _AMP_END.sub("", path)
    return path.removeprefix("/amp") if path.startswith("/amp/") else path


def _without_dots(path: str) -> str:
    """RFC 3986, 5.2.4."""
    if "/." not in path:
        return path
    kept: list[str] = []
    for segment in path.split("/"):
        if segment == "..":
            del kept[max(1, len(kept) - 1) :]
        elif segment != ".":
            kept.append(segment)
    return "/".join(kept)


def _escaped(text: str) -> str:
    """One spelling of escapes: UTF-8 percent signs for all that is not plain."""
    # An escaped separator is no separator: it is escaped twice while the others are read.
    guarded = re.sub(r"%(?=2[Ff]|3[Ff]|23|25)", "%25", text)
    try:
        plain = unquote(guarded, errors="strict")
    except UnicodeDecodeError:  # another charset: left as it is, but for its case
        return re.sub(r"%[0-9a-fA-F]{2}", lambda found: found[0].upper(), text)
    plain = re.sub(r"%(?:2f|3f)", lambda found: found[0].upper(), plain)
    return quote(plain, safe="/:@!$&'()*+,;=~-._%", errors="replace")


def _known_site(host: str, path: str, query: str) -> tuple[str, str, str]:
    """Sites that give one thing several addresses."""
    host = _MIRRORS.get(host, host)
    found = _STATISTICS.fullmatch(path) if path.startswith("/channel/@") else None
    if found and re.fullmatch(r"(?:\w+\.)?tgstat\.(?:com|ru)", host):
        return "t.me", f"/{found[1].lower()}/{int(found[2])}", ""
    if host == "youtu.be" and path.count("/") == 1:
        return "youtube.com", "/watch", f"v={path[1:]}"
    if host == "youtube.com":
        if found := re.fullmatch(r"/(?:shorts|live|embed)/([\w-]+)", path):
            return host, "/watch", f"v={found[1]}"
        if path == "/watch":
            return host, path, "".join(f"v={v}" for v in parse_qs(query).get("v", [])[:1])
    if host == "twitter.com":
        path = re.sub(r"(/status/\d+)/.*", r"\1", path)
        return "twitter.com", path.lower(), ""
    if host == "vk.com":
        if wall := re.match(r"wall-?\d+_\d+", parse_qs(query).get("w", [""])[0]):
            return host, f"/{wall[0]}", ""
        if re.fullmatch(r"/wall-?\d+_\d+", path):
            return host, path, ""
    return host, path, query
