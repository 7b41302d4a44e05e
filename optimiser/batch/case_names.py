"""Names of the cases of a run: short where that is enough, and never the same for two of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from optimiser.files.rain import factors_of
from optimiser.jobs.task import LedgerEntry
from optimiser.model.whatif import Rain, split_reference

DIGITS = 8  # of a hash, where a name needs it
SETTINGS = (
    "scenarios",
    "reporting",
    "budget",
    "seconds",
    "solver",
    "engine",
    "certify",
    "uncertain",
)  # in the order of names


def short_name(entry: LedgerEntry) -> str:
    """Return the short name of a case: instance, what-if, law where it is one of the user's own, and seed."""
    spec = entry.task.spec
    title = [str(spec["whatif"]["title"])] if spec["whatif"] else []
    law = [f"law {spec['law']}"] if spec.get("law") else []
    return ", ".join([str(spec["instance"]), *title, *law, f"seed {spec['seed']}"])


class CaseNames:
    """Names of the cases of a run: short ones, and where several cases share one, with what tells them apart.

    Parameters
    ----------
    entries : all cases of the run.
    """

    def __init__(self, entries: Iterable[LedgerEntry]) -> None:
        entries = list(entries)
        known = Counter(map(short_name, entries))
        shared: dict[str, list[LedgerEntry]] = {}
        for entry in entries:
            if known[short_name(entry)] > 1:
                shared.setdefault(short_name(entry), []).append(entry)
        self._long = {key: name for short, group in shared.items() for key, name in _tell_apart(short, group)}

    def of(self, entry: LedgerEntry) -> str:
        """Return the name of a case."""
        return self._long.get(entry.task.key) or short_name(entry)


def _tell_apart(short: str, group: Sequence[LedgerEntry]) -> list[tuple[str, str]]:
    """Return each case that shares a short name a longer one, with no more in it than is needed."""
    features = [_features(entry) for entry in group]
    names: list[tuple[str, ...]] = [()] * len(group)
    for feature in dict.fromkeys(name for one in features for name in one):
        if len(set(names)) == len(group):
            break
        longer = [(*name, one.get(feature, "")) for name, one in zip(names, features, strict=True)]
        if len(set(longer)) > len(set(names)):
            names = longer
    full = [", ".join([short, *filter(None, name)]) for name in names]
    if len(set(full)) < len(group):
        full = [f"{name}, case {entry.task.key[:12]}" for name, entry in zip(full, group, strict=True)]
    return [(entry.task.key, name) for entry, name in zip(group, full, strict=True)]


def _features(entry: LedgerEntry) -> dict[str, str]:
    """Return what may distinguish a case from others of its short name, each as it is written in a name."""
    spec = entry.task.spec
    changes = changes_of(spec)
    return {
        **{f"change {name}": f"{name}={_written(value)}" for name, value in changes.items()},
        **{name: f"{name} {_written(spec['effort'].get(name))}" for name in SETTINGS},
        "source": f"from {spec['source']}",
        "instance": f"instance {str(spec['instance_sha256'])[:DIGITS]}",
        "law": f"law {entry.task.version.rpartition('+law.')[2][:DIGITS]}" if spec.get("law") else "",
        "input": f"input {entry.task.input[:DIGITS]}",
        "version": f"version {entry.task.version}",
    }


def _written(value: Any) -> str:
    if value is None:
        return "default"
    return value if isinstance(value, str) else json.dumps(value, sort_keys=True)


def changes_of(spec: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the what-if of a case changes, by the name of what is changed, such as ``set:gatherings.a.turnout``.

    Numbers of teams or vehicles lost and gained add up; of several other changes to the same the last one counts.
    """
    found: dict[str, Any] = {}
    for change in spec["whatif"]["changes"] if spec["whatif"] else ():
        name, value = _change(change)
        adds_up = change["do"] in ("lose", "gain") and name in found
        found[name] = found[name] + value if adds_up else value
    return found


def _change(change: Mapping[str, Any]) -> tuple[str, Any]:
    """Return what a change is called, and its value."""
    do = change["do"]
    if do == "set":
        return f"set:{change['path']}", plain_value(change["value"])
    if do == "heads":
        return "heads", plain_value(change["cap"])
    if do in ("lose", "gain"):
        return f"{do}:{_bare(change['what'])}", change["number"]
    if do == "add":
        data = change["data"]
        return f"add:{change['part']}", str(data.get("id") or data.get("name") or json.dumps(data, sort_keys=True))
    if do == "close":
        return (
            f"close:{_bare(change['a'])}:{_bare(change['b']) or 'all'}",
            f"{change['start'] or ''}-{change['end'] or ''}",
        )
    if do == "receive":
        return f"receive:{_bare(change['sector']) or 'all'}", plain_value(change["minutes"])
    if do == "shift":
        return f"shift:{_bare(change['gathering']) or 'all'}", change["minutes"]
    if do == "arrive":
        return f"start:{_bare(change['gathering'])}", change["at"]
    if do == "route":
        shares = {name: plain_value(share) for name, share in change["shares"].items()}
        return f"route:{_bare(change['gathering'])}", ", ".join(f"{name}={share:g}" for name, share in shares.items())
    if do == "chance":
        return f"chance:{_bare(change['gathering'])}", plain_value(change["chance"])
    if do == "period":
        return "period", f"{change['start'] or ''}-{change['end'] or ''}"
    if do == "rain":
        return "rain", ", ".join(f"{name}={value:g}" for name, value in factors_of(Rain.model_validate(change)).items())
    if do == "presence":
        return f"presence:{change['rule'] or 'all'}", plain_value(change["value"])
    if do == "move":
        name = f"move:{_bare(change['what']) or 'any'}:{_bare(change['here'])}:{_bare(change['onward'])}@{change['at']}"
        return name, "any" if change["number"] is None else change["number"]
    if do == "limit":
        least, most = (change[end] if change[end] is not None else "" for end in ("at_least", "at_most"))
        return f"limit:{_bare(change['place']) or 'everywhere'}:{_bare(change['what'])}", f"{least}..{most}"
    return f"{do}:{_bare(change.get('what') or change.get('place') or change.get('post'))}", True


def _bare(reference: str | None) -> str:
    """Return an identifier without its kind, so that ``vehicle:awc`` and ``awc`` have one name."""
    return split_reference(reference or "")[1]


def plain_value(value: Any) -> Any:
    """Return a value as one cell: the number of a quantity, text and numbers as they are, anything else as JSON."""
    if isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    return value if value is None or isinstance(value, (bool, int, float, str)) else json.dumps(value, sort_keys=True)
