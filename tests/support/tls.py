"""TLS for loopback servers: a key and a certificate for `localhost`, for tests only."""

from __future__ import annotations

import ssl
from pathlib import Path

__all__ = ["client_context", "server_context"]

_KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg2qfMPhGyqEsjTcQy
Z9EE3oIe8S+SGY2Ls7TqPiNdglihRANCAAS9BIRh8lJyZXy9RDBI3zqg2YsO7LtE
AW79tSM+QBGxAx0BbSGMn29c+WjtEnyVLdCuP+NbpnysMzq31k/5CzjI
-----END PRIVATE KEY-----
"""
_CERTIFICATE = """\
-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUI5OHgl7LVbpuljlGhLxHTjrInGUwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDAxMzUxNloYDzIxMjYxMDMx
MDEzNTE2WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAS9BIRh8lJyZXy9RDBI3zqg2YsO7LtEAW79tSM+QBGxAx0BbSGMn29c
+WjtEnyVLdCuP+NbpnysMzq31k/5CzjIo2kwZzAdBgNVHQ4EFgQUtauGAB4m/F40
mJvVhFBNkBIhDy4wHwYDVR0jBBgwFoAUtauGAB4m/F40mJvVhFBNkBIhDy4wDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwID
SAAwRQIgGAb493nezF9Um/39P94cqIjefgr16OPE/s6nBPDQY2kCIQDcn0VnL5WD
TkcjGDIwAoblonB52zMc7LEGS5iwHPDBMw==
-----END CERTIFICATE-----
"""


def server_context(directory: Path) -> ssl.SSLContext:
    """A server that is `localhost`; its files are written into `directory`."""
    chain, key = directory / "certificate.pem", directory / "key.pem"
    chain.write_text(_CERTIFICATE)
    key.write_text(_KEY)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    return context


def client_context() -> ssl.SSLContext:
    """Trusts that certificate and no other."""
    return ssl.create_default_context(cadata=_CERTIFICATE)
