"""Is firm what is called firm? Agreement of what is firm over seeds.

``python benchmarks/firmness.py [INSTANCE ...] [--seeds 1,2,3,4,5]`` asks `find_firmness` with its defaults for every
seed, each with a plan, independent searches and scenarios of its own. A placement that is firm for one seed, with so
many units there, is *contradicted* by another seed if that number lies outside the range that this one tells for the
same place and kind; where it tells none the range is 0. *Agreement* is the share of firm placements that no other seed
contradicts; *in pairs* it is the share of pairs of a firm placement and another seed. Firm placements are counted with
somebody there and with nobody, and those that no rule leaves any other number: no exchange that was tried changes them.
As a measure of how many could be firm at all: placements with somebody that the plans of all seeds have alike, and how
many firm ones with somebody are among these.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from results import RESULTS, describe_machine
from results import version as version_of_all

from optimiser import Firmness, find_firmness, read
from optimiser.questions.firmness import Placing

INSTANCES = ("oku-250",)
PAGE = RESULTS / "firmness.md"
Key = tuple[str, str]


def contradicting(one: Placing, others: Sequence[dict[Key, Placing]]) -> int:
    """Count the answers of other seeds whose range does not hold the number of a firm placement."""
    ranges = [(other.least, other.most) if (other := answer.get(_key(one))) else (0, 0) for answer in others]
    return sum(not least <= one.number <= most for least, most in ranges)


def compare(name: str, found: dict[int, Firmness]) -> list[str]:
    """Write one line of the table for every seed, and one for all of them."""
    answers = {seed: {_key(one): one for one in one_seed.placings} for seed, one_seed in found.items()}
    lines, firm_all, against = [], 0, list[int]()
    for seed, answer in answers.items():
        others = [other for number, other in answers.items() if number != seed]
        placed = [one for one in answer.values() if one.number]
        firm = [one for one in answer.values() if one.firm]
        held = [one for one in firm if one.number]
        forced = sum(not one.tried for one in held)
        here = [contradicting(one, others) for one in firm]
        against += here
        firm_all += len(firm)
        told = (found[seed].plans, len(placed), len(held), forced, len(firm) - len(held), sum(map(bool, here)))
        lines.append(f"| {name} | seed {seed} | {' | '.join(map(str, told))} |")
    pairs = firm_all * (len(found) - 1)
    agreed = 100.0 * (1.0 - sum(map(bool, against)) / max(1, firm_all))
    in_pairs = 100.0 * (1.0 - sum(against) / max(1, pairs))
    alike = set.intersection(*({(key, one.number) for key, one in a.items() if one.number} for a in answers.values()))
    held = [(key, one.number) for a in answers.values() for key, one in a.items() if one.firm and one.number]
    said = f"agreement {agreed:.0f} % of {firm_all} firm placements; in pairs {in_pairs:.0f} % of {pairs}; "
    said += (
        f"{len(alike)} placements are alike in all plans, {sum(one in alike for one in held)} of {len(held)} firm ones"
    )
    return [*lines, f"| {name} | all | {said} | | | | | |"]


def _key(one: Placing) -> Key:
    return one.place, one.kind


def main() -> None:
    """Measure, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="*", default=INSTANCES, help="names")
    parser.add_argument("--seeds", default="1,2,3,4,5", help="separated by commas")
    asked = parser.parse_args()
    lines = ["| instance | | plans | placements | firm | by rules | firm with nobody | contradicted |"]
    lines += ["|---|---|---|---|---|---|---|---|"]
    for name in asked.instances:
        found = {int(seed): find_firmness(read(name), seed=int(seed)) for seed in asked.seeds.split(",")}
        lines += compare(name, found)
        print(*lines[-len(found) - 1 :], sep="\n", flush=True)
    head = ["# Firm placements over seeds", "", *(__doc__ or "").split("\n\n", 1)[1].strip().splitlines(), ""]
    PAGE.write_text("\n".join([*head, f"{version_of_all()}; {describe_machine()}.", "", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
