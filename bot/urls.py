"""Addresses of pages: one spelling for the same page, and a form fit to be shown.

Our own canonicaliser: the libraries we tried merge different articles or miss half of
the ways one page is linked. Pure; nothing is fetched.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final
from urllib.parse import SplitResult, parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit

__all__ = ["canonical_url", "is_homepage", "safe_url", "short_url", "untracked", "without_secrets"]


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING: Final = _names(
    """fbclid gclid gclsrc dclid wbraid gbraid msclkid yclid ysclid twclid ttclid li_fat_id
    igshid igsh mc_cid mc_eid mkt_tok _ga _gl _openstat openstat ref_src ref_url xtor cmpid ocid
    ncid spm vero_id wickedid rb_clickid hsctatracking __twitter_impression amp outputtype
    usqp share_id sharetype smid cmp traffic_source frommail from_source srnd phpsessid jsessionid
    aspsessionid fb_action_ids fb_ref _branch_match_id mindbox-click-id etext admitad_uid"""
)
_TRACKING_PREFIXES: Final = (
    "amp_",
    "utm_",
    "at_",
    "pk_",
    "mtm_",
    "hsa_",
    "_hs",
    "__hs",
    "stm_",
    "itm_",
    "_x_tr_",
)
# Values with which a parameter asks for the same page in another dress.
_DRESS: Final = {"view": "amp mobile print", "mode": "amp print", "print": "1 y yes true"}
# They track when they name a place, and mean something when they number one.
_TRACKING_WORDS: Final = frozenset({"ref", "from", "source", "rss", "via", "share", "utm"})
_SECRET: Final = _names(
    """token access_token auth_token authkey api_key apikey password passwd pwd secret jwt"""
)
# These are secrets when they look like one.
_SECRET_IF_LONG: Final = _names("auth key pass session sessionid sid sig signature hash")
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
_UNSAFE: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ud800-\udfff<>\"\\^`{|}]")
_MAX_LETTERS: Final = 2_000


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
        host, path, query = _known_site(_bare(host), _path(plain[2]), _query(plain[3] or ""))
        return f"https://{host}{path}?{query}" if query else f"https://{host}{path}"
    for _ in range(3):  # a cache or an instant view holds another address
        inner = _unwrapped(url)
        if inner == url:
            break
        url = inner
    parts = _split(url)
    if parts is None:
        return ""
    host = _host(parts)
    if not host:
        return ""
    if host in _TELEGRAM or host.endswith(".t.me"):
        return _telegram(host, parts.path)
    host, path, query = _known_site(_bare(host), _path(parts.path), _query(parts.query))
    netloc = f"[{host}]" if ":" in host else host
    port = parts.port if ":" in parts.netloc else None
    netloc += "" if port in (None, 80, 443) else f":{port}"
    fragment = parts.fragment if parts.fragment.startswith(("!", "/")) else ""
    return (
        f"https://{netloc}{path}"
        + (f"?{query}" if query else "")
        + (f"#{fragment}" if fragment else "")
    )


def untracked(query: str) -> str:
    """The query without what only tracks, its other letters untouched.

    Words that may choose as well as track (`from`, `rss`, `source`) stay.
    """
    kept = []
    for part in query.split("&"):
        name = part.partition("=")[0].lower()
        if part and name not in _TRACKING and not name.startswith(_TRACKING_PREFIXES):
            kept.append(part)
    return "&".join(kept)


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


def safe_url(url: str) -> str:
    """The address as a link for readers: http(s), no user name, secret or tracking in it.

    "" where that cannot be had. Unicode names stay readable to browsers as punycode.
    """
    parts = _split(url)
    if parts is None:
        return ""
    host = _host(parts)
    if not host or ("." not in host and ":" not in host):
        return ""
    netloc = f"[{host}]" if ":" in host else host
    if parts.port is not None and parts.port != {"http": 80, "https": 443}[parts.scheme]:
        netloc += f":{parts.port}"
    query = _kept_as_is(parts.query)
    fragment = "" if _secretive(parts.fragment) else parts.fragment
    whole = f"{parts.scheme}://{netloc}{parts.path}"
    whole += (f"?{query}" if query else "") + (f"#{fragment}" if fragment else "")
    whole = quote(whole, safe="%/:?#[]@!$&'()*+,;=~-._")
    return whole if len(whole) <= _MAX_LETTERS else ""


def without_secrets(url: str) -> str:
    """The address as it is, but for user name, password and parameters that are secrets."""
    parts = urlsplit(url)
    kept = [
        part
        for part in parts.query.split("&")
        if not _is_secret(unquote(part.partition("=")[0]), part.partition("=")[2])
    ]
    netloc = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=netloc, query="&".join(kept)).geturl()


def short_url(url: str, longest: int = 48) -> str:
    """How a link reads in a message: no scheme, no `www.`, cut with an ellipsis when long.

    The host is always whole: it says where the link leads. A name in other letters than
    Latin ones has the name that computers use behind it: letters can look alike.
    """
    safe = safe_url(url)
    if not safe:
        return ""
    parts = urlsplit(safe)
    netloc = (parts.netloc or "").removeprefix("www.")
    host = _readable_host(netloc)
    real = "" if host == netloc else f" ({netloc})"
    path = _decoded(parts.path).rstrip("/")
    if parts.query:
        path += "?" + _decoded(parts.query)
    shown = host + path
    if len(shown) > longest:
        shown = host + path[: max(longest - len(host), 8)].rstrip("/") + "…"
    return shown + real


@lru_cache(maxsize=256)  # of one address it is asked for twice
def _split(url: str) -> SplitResult | None:
    url = url.strip().encode(errors="replace").decode()  # halves of pairs
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not _name(parts.netloc):
            return None
        if ":" in parts.netloc:
            parts.port  # noqa: B018 - raises when it is no number
    except ValueError:
        return None
    return parts  # its scheme is in lower case


@lru_cache(maxsize=1_024)
def _name(netloc: str) -> str:
    """The host's name as it is written, in lower case. Addresses of few hosts are asked for."""
    return SplitResult("", netloc, "", "", "").hostname or ""


def _host(parts: SplitResult) -> str:
    return _host_of(parts.netloc)


@lru_cache(maxsize=1_024)
def _host_of(netloc: str) -> str:
    """Lower case, punycode, without the final dot; "" where it is no host's name."""
    host = _name(netloc).rstrip(".")
    if _UNSAFE.search(host):
        return ""
    if not host.isascii():
        labels = [_punycode(label) for label in host.split(".")]
        host = ".".join(labels) if all(labels) else ""
    return "" if _UNSAFE.search(host) or len(host) > 253 else host.lower()


def _punycode(label: str) -> str:
    """As a browser sends it; a name that no registry would give is encoded all the same."""
    if label.isascii():
        return label
    try:
        return label.encode("idna").decode("ascii")
    except UnicodeError:
        folded = unicodedata.normalize("NFKC", label).lower()
        if any(unicodedata.category(c)[0] in "CZ" for c in folded):
            return ""  # what nobody sees is no name
        return "xn--" + folded.encode("punycode").decode("ascii")


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
    parts = _split(url)
    if parts is None:
        return url
    host = _name(parts.netloc)
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
            return next((values[n][0] for n in names if _split(values.get(n, [""])[0])), url)
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


def _is_tracking(name: str, value: str) -> bool:
    name = name.lower()
    if value.lower() in _DRESS.get(name, "").split():
        return True
    if name in _TRACKING or name.startswith(_TRACKING_PREFIXES):
        return True
    return name in _TRACKING_WORDS and not any(c.isdigit() for c in value)


def _query(query: str) -> str:
    if not query:
        return ""
    query = re.sub(r"&amp;", "&", query, flags=re.I)  # copied out of a page's source
    pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape")
    kept = sorted(pair for pair in pairs if not _is_tracking(*pair))
    return urlencode(kept, errors="surrogateescape")


def _kept_as_is(query: str) -> str:
    """The query without tracking and secrets, its other letters untouched."""
    kept = []
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if part and not _is_tracking(name, value) and not _is_secret(unquote(name), value):
            kept.append(part)
    return "&".join(kept)


def _is_secret(name: str, value: str) -> bool:
    name = name.lower()
    return name in _SECRET or (name in _SECRET_IF_LONG and len(value) >= 16)


def _secretive(fragment: str) -> bool:
    return any(f"{name}=" in fragment.lower() for name in _SECRET)


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


def _readable_host(netloc: str) -> str:
    """«пример.рф» rather than punycode, unless letters of two scripts could deceive."""
    host, colon, port = netloc.partition(":")
    if "xn--" not in host:
        return netloc
    try:
        name = host.encode("ascii").decode("idna")
    except UnicodeError:
        return netloc
    # Whoever registers a name in letters that look Latin has one script too: punycode tells.
    honest = all(map(_one_script, name.split("."))) and name.encode("idna").decode() == host
    return name + colon + port if honest else netloc


def _one_script(label: str) -> bool:
    scripts = {
        "" if c.isdigit() or c == "-" else unicodedata.name(c, "?").partition(" ")[0] for c in label
    }
    return len(scripts - {""}) <= 1


def _decoded(text: str) -> str:
    """Escapes as letters, where that is readable and harmless."""
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError:
        return text
    return plain if re.fullmatch(r"[\w/.,:;=&?~+()@!-]*", plain) else text
