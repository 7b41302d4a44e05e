"""An empty situation report of an instance: everything that can be said, to be filled in or left out."""

from __future__ import annotations

from optimiser.common.language import ENGLISH, Language
from optimiser.model.instance import Instance
from optimiser.model.values.words import TENSION
from optimiser.operation.now.report import DELEGATIONS, FORMAT, PHASES
from optimiser.simulation.index_instance import index_instance


def write_blank_report(instance: Instance, language: Language = ENGLISH) -> str:
    """Return an empty report as TOML; what is not heard stays a comment."""
    facts = index_instance(instance)
    words = ", ".join(anchor.say(language.code) for anchor in TENSION)
    lines = [
        "# " + language("What is not heard stays behind its #: it is drawn from simulated days, not assumed."),
        f'format = "{FORMAT}"',
        f'instance = "{instance.name}"',
        f'at = "{instance.clock(0.0)}"',
    ]
    phases, delegations = ", ".join(PHASES), ", ".join(DELEGATIONS)
    for s, sector in enumerate(instance.sectors):
        slots = range(facts.slot_first[s], facts.slot_first[s + 1])
        people = ", ".join(f"{instance.gatherings[facts.slot_gathering[b]].id} = 0" for b in slots)
        lines += ["", "[[sectors]]", f'id = "{sector.id}"  # {sector.name}']
        if people:  # where nobody can come there is nothing to say of them
            lines += [f'# phase = "green"  # {phases}', f'# mood = "{TENSION[1].say(language.code)}"  # {words}']
            lines += [f"# people = {{ {people} }}"]
        if sector.official is not None:
            lines += [f'# delegation = "waiting"  # {delegations}', f'# since = "{instance.clock(0.0)}"']
        lines += ["# teams = {}", f'# on_duty_since = "{instance.clock(0.0)}"', "# exit_open = true"]
        if sector.critical:
            lines.append("# stopped = false")
    for post in instance.posts:
        lines += ["", "[[posts]]", f'id = "{post.id}"  # {post.name}', "# teams = {}", "# vehicles = {}"]
    if instance.posts and instance.sectors:
        start, goal, arrives = instance.posts[0].id, instance.sectors[0].id, instance.clock(0.0)
        lines += ["", "# [[road]]", f'# start = "{start}"', f'# sector = "{goal}"']
        lines += ["# teams = {}", f'# arrives = "{arrives}"']
    return "\n".join(lines) + "\n"
