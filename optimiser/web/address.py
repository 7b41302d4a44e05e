"""The address and the token of a server: which clients can reach it, and what they have to know."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Sequence
from pathlib import Path

from optimiser.common.errors import FileTrouble, OptimiserError
from optimiser.common.message import Message

TOKEN_VARIABLE = "OPTIMISER_TOKEN"
SHORTEST_TOKEN = 16  # letters of a token that was chosen
LOCAL = ("127.0.0.1", "localhost", "::1")


class BadAddress(OptimiserError):
    """An address that others can reach, without a token that was chosen."""

    exit_code = 2


def find_token(file: Path | None) -> tuple[str, bool]:
    """Return the token, and whether it was chosen: from a file, from the environment, or a fresh one.

    Raises
    ------
    FileTrouble : the file cannot be read, or holds no token that is long enough.
    """
    chosen = os.environ.get(TOKEN_VARIABLE, "")
    if file is not None:
        try:
            chosen = file.read_text(encoding="ascii").strip()
        except (OSError, ValueError) as error:
            raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(file), error=str(error))) from error
    if file is None and not chosen:
        return os.urandom(32).hex(), False
    if (
        len(chosen) < SHORTEST_TOKEN
        or not chosen.isascii()
        or not chosen.isprintable()
        or " " in chosen
        or ";" in chosen
    ):
        words = {"where": str(file or TOKEN_VARIABLE), "n": str(SHORTEST_TOKEN)}
        raise FileTrouble(Message("{where}: a token has at least {n} letters, digits or signs, no spaces", **words))
    return chosen, True


def bind(host: str, port: int, chosen: bool) -> socket.socket:
    """Bind a socket to an address.

    Parameters
    ----------
    port : 0 for any that is free.
    chosen : whether the token was chosen; addresses that others can reach need that.

    Raises
    ------
    BadAddress : others could reach it.
    FileTrouble : it cannot be had.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if not ipaddress.ip_address(address[0]).is_loopback and not chosen:
            words = {"host": host, "variable": TOKEN_VARIABLE}
            raise BadAddress(
                Message("{host} can be reached by others: choose a token, by --token-file or {variable}", **words)
            )
        bound = socket.socket(family, kind, protocol)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
    except OSError as error:
        words = {"host": host, "port": str(port), "error": error.strerror or str(error)}
        raise FileTrouble(Message("{host}, port {port}: cannot be had: {error}", **words)) from error
    return bound


def allowed_hosts(host: str, port: int, names: Sequence[str] = ()) -> frozenset[str]:
    """Return what the header ``Host`` may say: the names of the server, with the port."""
    known = {*names, host, *(LOCAL if host in LOCAL else ())}
    bracketed = {f"[{name}]" if ":" in name else name for name in known}
    return frozenset(name.lower() for part in bracketed for name in (f"{part}:{port}", *([part] if port == 80 else ())))
