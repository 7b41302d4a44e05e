"""An exercise of every shipped instance with a best known plan is the day that it tells, found or cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from optimiser.files.read import instances_folder, read
from optimiser.model.deployment import Deployment
from optimiser.operation.exercise.days import NoDay
from optimiser.operation.exercise.document import parse_exercise, store_exercise
from optimiser.operation.exercise.exercise import make_exercise
from optimiser.operation.exercise.injects import MOST
from optimiser.operation.exercise.replay import replay_exercise
from optimiser.operation.exercise.themes import NAMES, NoTheme
from optimiser.output.exercise.files import make_exercise_files

FILES = sorted((instances_folder() / "best").glob("*.json"))
SMALL = [f for f in FILES if not f.stem.startswith(("markov", "families-town-300", "families-town-1000"))]

pytestmark = pytest.mark.long


@pytest.mark.parametrize("file", SMALL, ids=lambda f: f.stem)
def test_exercises_of_shipped_instances_are_what_they_tell(file: Path) -> None:
    instance = read(file.stem.replace("families-", "families/"))
    plan = Deployment(instance=instance.name, places=json.loads(file.read_text(encoding="utf-8")))
    for themes, hard, scenarios in (((), 0.8, 500), ((), 0.99, 60), *(((name,), 0.5, 200) for name in NAMES)):
        try:
            made = make_exercise(instance, plan, themes, hard, scenarios=scenarios)
        except (NoDay, NoTheme):
            assert themes, "without a theme asked for by name there is always a day"
            continue
        stored = parse_exercise(json.loads(store_exercise(made).model_dump_json()))
        again = replay_exercise(instance, stored)
        assert again.sound, (themes, again.missing, again.strays, again.dead_ends)
        assert again.events == made.followed.events
        assert len(made.every_inject) <= MOST
        assert set(make_exercise_files(made)) == {"exercise.html", "exercise.xlsx", "exercise.json"}
