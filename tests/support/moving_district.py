"""The exercise of oku-250 with movements, and a plan by hand that the checker accepts."""

from __future__ import annotations

from optimiser.files.read import read
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance
from optimiser.model.parts.movement import Movement

MOVEMENTS = (
    {
        "id": "bawaslu-kpu",
        "name": "Bawaslu, lalu KPU",
        "legs": [{"sector": "bawaslu", "until": "12:45"}, {"sector": "kpu"}],
    },
    {
        "id": "terminal-kpu",
        "name": "Terminal, lalu KPU",
        "legs": [{"sector": "terminal", "until": "10:30", "until_left": "pawai"}, {"sector": "kpu"}],
        "call_sign": "Elang 5",
    },
    {
        "id": "bupati-pawai",
        "name": "Kantor bupati, lalu bersama pawai",
        "legs": [{"sector": "kantor-bupati", "until": "11:45"}, {"gathering": "pawai"}],
    },
)
TEAMS = {
    ("kpu", "padal-tim"): 1,
    ("kpu", "dalmas-awal-regu"): 2,
    ("kpu", "lantas-regu"): 2,
    ("kpu", "negotiator-tim"): 1,
    ("gedung-kesenian", "padal-tim"): 1,
    ("gedung-kesenian", "negotiator-tim"): 1,
    ("gedung-kesenian", "dalmas-awal-regu"): 1,
    ("bawaslu-kpu", "padal-tim"): 1,
    ("bawaslu-kpu", "dalmas-awal-regu"): 2,
    ("bawaslu-kpu", "negotiator-tim"): 1,
    ("bupati-pawai", "padal-tim"): 1,
    ("bupati-pawai", "negotiator-tim"): 1,
    ("bupati-pawai", "dalmas-awal-regu"): 1,
    ("terminal-kpu", "padal-tim"): 1,
    ("terminal-kpu", "dokkes-tim"): 1,
    ("with-march", "padal-tim"): 1,
    ("with-march", "negotiator-tim"): 1,
    ("with-march", "dalmas-awal-regu"): 1,
    ("halaman-polres", "dalmas-lanjut-regu"): 2,
    ("halaman-polres", "dalmas-awal-regu"): 1,
    ("pos-barat", "dalmas-lanjut-regu"): 2,
}
VEHICLES = {
    ("terminal-kpu", "rantis"): 1,
    ("halaman-polres", "dalmas-truck"): 2,
    ("pos-barat", "dalmas-truck"): 1,
}


def moving_district() -> Instance:
    """Build the exercise with movements."""
    return read("oku-250").altered(
        presence=None, movements=tuple(Movement.model_validate(movement) for movement in MOVEMENTS)
    )


def moving_plan(instance: Instance) -> Deployment:
    """Place lines at two venues, three movements, a reserve, and units beside the march."""
    return Deployment.build(instance, TEAMS, VEHICLES)
