"""Reading nations and the instances of their districts from files; all faults in one list."""

from __future__ import annotations

import errno
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from optimiser.common.errors import Fault, FileTrouble, InputFault
from optimiser.common.faults import make_fault, suggest
from optimiser.common.message import Message
from optimiser.common.parsing import cut
from optimiser.files.read import publish_model, read, read_document
from optimiser.model.instance import Instance
from optimiser.model.nation import Nation, SharedPool, find_arrival
from optimiser.model.values.field_faults import list_field_faults

FOLDER = "districts"  # beside the file of the nation: where the files of districts are


def nation_schema() -> dict[str, Any]:
    """Return the JSON Schema of the file of a nation."""
    return publish_model(Nation, "nation")


def read_nation(path: str | Path) -> Nation:
    """Read a nation from a TOML or JSON file; its districts are not read.

    Raises
    ------
    FileTrouble : the file cannot be read.
    InputFault : it says something that cannot be used; all its faults.
    """
    data, source = read_document(path), str(path)
    try:
        nation = Nation.model_validate(data)
    except ValidationError as error:
        faults = list_field_faults(error.errors(include_url=False), Nation.model_json_schema())
        raise InputFault(source, cut(faults)) from None
    if faults := [*_doubles(nation), *_strangers(nation)]:
        raise InputFault(source, cut(faults))
    return nation


def _doubles(nation: Nation) -> Iterator[Fault]:
    names = {"districts": [d.id for d in nation.districts], "pools": [pool.id for pool in nation.pools]}
    for section, listed in names.items():
        times = Counter(listed)
        for number, name in enumerate(listed):
            if times[name] > 1:
                expected = Message("an identifier used once in {sections}", sections=section)
                yield make_fault("duplicate-id", f"{section}[{number}].id", name, expected, Message("rename one"))


def _strangers(nation: Nation) -> Iterator[Fault]:
    known = {district.id for district in nation.districts}
    for number, pool in enumerate(nation.pools):
        for district in pool.serves:
            if district not in known:
                place, repair = f"pools[{number}].serves.{district}", suggest(district, known)
                expected = Message("a district that exists")
                yield make_fault("unknown-district", place, district, expected, repair or Message("leave it out"))


def district_file(folder: str | Path, district: str) -> Path:
    """Return the file of a district of the nation whose file lies in a folder."""
    return Path(folder) / FOLDER / f"{district}.toml"


def read_district(folder: str | Path, district: str, pools: tuple[SharedPool, ...]) -> Instance:
    """Read the instance of a district and see whether the pools that serve it fit.

    Raises
    ------
    FileTrouble : its file cannot be read.
    InputFault : it says something that cannot be used, or a pool does not fit; all faults.
    """
    file = district_file(folder, district)
    if not file.is_file():  # or it would be looked for among the shipped instances
        raise FileTrouble(Message("{file}: cannot be read: {error}", file=str(file), error=os.strerror(errno.ENOENT)))
    instance = read(file)
    if faults := find_misfits(instance, district, pools):
        raise InputFault(str(file), cut(faults))
    return instance


def find_misfits(instance: Instance, district: str, pools: tuple[SharedPool, ...]) -> list[Fault]:
    """List what keeps a district from borrowing of the pools that serve it, or from being that district."""
    faults = []
    if instance.name != district:
        expected, repair = Message("the district's identifier, {name}", name=district), Message("correct the name")
        faults.append(make_fault("wrong-district", "name", instance.name, expected, repair))
    roles = {role.id for role in instance.roles}
    taken = roles | {team.id for team in instance.teams} | {vehicle.id for vehicle in instance.vehicles}
    for pool in pools:
        place = f"pools.{pool.id}"
        if pool.role not in roles:
            repair = suggest(pool.role, roles) or Message("add the role, or leave the district out of the pool")
            faults.append(make_fault("unknown-role", f"{place}.role", pool.role, Message("a role that exists"), repair))
        if pool.id in taken:
            expected = Message("an identifier used once in {sections}", sections="teams, roles, vehicles")
            faults.append(make_fault("duplicate-id", f"{place}.id", pool.id, expected, Message("rename the pool")))
        if find_arrival(pool, district) >= instance.period.minutes:
            length = f"{instance.period.minutes:g}"
            expected = Message("less than {minutes} min, the length of the period", minutes=length)
            repair = Message("leave the district out of the pool")
            late = float(pool.serves[district])
            faults.append(make_fault("time-outside", f"{place}.serves.{district}", late, expected, repair))
    return faults
