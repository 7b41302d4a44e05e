"""Routes of the board: its page with scripts and style sheet, and the boards that are kept."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import FastAPI, Path, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from optimiser.common.message import Message
from optimiser.web.board.page import BOARD_HEADERS, FILES, board_page, read_file
from optimiser.web.board.saved_boards import BoardRequest, SavedBoards
from optimiser.web.openapi import route_options
from optimiser.web.requests import read_request
from optimiser.web.routes.responses import document_response, request_data, request_language

BoardKey = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="of a board")]


def add_board_page(app: FastAPI) -> None:
    """Add the page of the board and its files."""

    @app.get("/board", include_in_schema=False)
    def page(request: Request) -> Response:
        return Response(board_page(request_language(request)), 200, BOARD_HEADERS, "text/html; charset=utf-8")

    @app.get("/board/{name}", include_in_schema=False)
    def file(name: Annotated[str, Path(max_length=60)]) -> Response:
        if name not in FILES:
            raise HTTPException(404)
        return Response(read_file(name), 200, BOARD_HEADERS, FILES[name])


def add_boards(app: FastAPI, boards: SavedBoards) -> None:
    """Add the routes of kept boards."""

    @app.get(
        "/v1/boards",
        summary=Message("Kept boards, the latest first"),
        **route_options("list_boards", "boards", "boards"),
    )
    def listed(request: Request) -> Response:
        lines = boards.latest(request_language(request).code)
        return document_response({"format": "optimiser-boards/1", "boards": lines})

    @app.post(
        "/v1/boards",
        status_code=201,
        summary=Message("Keep a new board"),
        **route_options("add_board", "boards", "board", 429, body=BoardRequest, status=201),
    )
    def add(request: Request) -> Response:
        kept = boards.add(read_request(BoardRequest, request_data(request)).content)
        return document_response(kept, 201, {"Location": f"/v1/boards/{kept['id']}"})

    @app.get("/v1/boards/{key}", summary=Message("A kept board"), **route_options("get_board", "boards", "board", 404))
    def one(key: BoardKey) -> Response:
        return document_response(_find(boards, key))

    @app.put(
        "/v1/boards/{key}",
        summary=Message("Change a kept board"),
        **route_options("put_board", "boards", "board", 404, 409, body=BoardRequest),
    )
    def put(request: Request, key: BoardKey) -> Response:
        sent = read_request(BoardRequest, request_data(request))
        _find(boards, key)
        return document_response(boards.put(key, sent.revision, sent.content))

    @app.delete(
        "/v1/boards/{key}",
        status_code=204,
        summary=Message("Remove a kept board"),
        **route_options("delete_board", "boards", "", 404, status=204),
    )
    def delete(key: BoardKey) -> Response:
        _find(boards, key)
        boards.remove(key)
        return Response(status_code=204)


def _find(boards: SavedBoards, key: str) -> dict[str, Any]:
    try:
        return boards.get(key)
    except KeyError:
        raise HTTPException(404, Message("there is no such board")) from None
