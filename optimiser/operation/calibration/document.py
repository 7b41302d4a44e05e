"""A calibration as a document for programs; the same in every language."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from optimiser.files.read import publish_model
from optimiser.model.deployment import Deployment
from optimiser.model.laws.constants import CONSTANTS
from optimiser.model.laws.ranges import PlausibleRange
from optimiser.model.values.base import Model, Share, YesNo
from optimiser.operation.calibration.calibrate import Calibration
from optimiser.operation.calibration.checks import Check, Decision, LossChange
from optimiser.operation.stored import AboutInstance, Count, Real, Text
from optimiser.planning.evaluation import Interval

FORMAT: Literal["optimiser-calibration/1"] = "optimiser-calibration/1"
ConstantName = Annotated[str, Field(json_schema_extra={"enum": [constant.name for constant in CONSTANTS]})]
Days = tuple[Text, ...]


class CalibrationSettings(Model):
    """What was asked for."""

    law: Text
    seed: Count
    draws: Annotated[Count, Field(description="kept of the posterior")]


class StoredDays(Model):
    """Days by what was made of them, by name."""

    complete: Annotated[Days, Field(description="replayed, with an exact likelihood")]
    coarse: Annotated[Days, Field(description="of which phases and injured alone were used, by simulation")]
    unused: Annotated[Days, Field(description="that say nothing that is used")]


class StoredRange(Model):
    """A plausible range, in the unit of the constant."""

    low: Real
    value: Real
    high: Real


class StoredConstant(Model):
    """What is known of one constant."""

    constant: ConstantName
    unit: Text
    told: Annotated[YesNo, Field(description="whether the logs say anything about it; if not, it is as before")]
    shrinkage: Annotated[Share, Field(description="share of the standard deviation before that is gone")]
    before: StoredRange
    after: StoredRange
    mean: Real
    low: Annotated[Real, Field(description="2.5 % of the draws lie below")]
    high: Annotated[Real, Field(description="2.5 % of the draws lie above")]


class StoredCheck(Model):
    """What was seen, beside what the learned law has."""

    what: Annotated[Text, Field(description="a clock of the law; days with yellow or red; injured a day")]
    seen: Real
    expected: Real
    low: Real
    high: Real
    chance: Annotated[Share, Field(description="of at least as much under the learned law, a tie counting half")]


class StoredMean(Model):
    """A mean with its interval of 95 %, in points; null where none can be given."""

    mean: Real
    low: Real | None
    high: Real | None


class StoredLossChange(Model):
    """What the plan loses under two laws, on the same scenarios."""

    before: StoredMean
    after: StoredMean
    difference: StoredMean


class StoredDecision(StoredLossChange):
    """What the learned law changes in what the plan loses: under the values used, and over the ranges."""

    ranges: Annotated[StoredLossChange, Field(description="under draws from before and from what was learned")]


class StoredCalibration(Model):
    """A calibration as it is written."""

    format: Literal["optimiser-calibration/1"]
    instance: AboutInstance
    settings: CalibrationSettings
    deployment: Deployment
    days: StoredDays
    independent: Annotated[Real, Field(description="independent draws that tell as much as the draws, at least")]
    r_hat: Annotated[Real, Field(description="split R-hat of the constant whose chains agree least; 1 is best")]
    settled: Annotated[YesNo, Field(description="whether the chains agree; if not, what was learned is not to be used")]
    constants: tuple[StoredConstant, ...]
    checks: tuple[StoredCheck, ...]
    unexplained: Annotated[Count, Field(description="things that happened though the learned law gives them no chance")]
    decision: StoredDecision


def describe_calibration(found: Calibration) -> dict[str, Any]:
    """Turn a calibration into plain values."""
    instance = found.instance
    stored = StoredCalibration(
        format=FORMAT,
        instance=AboutInstance.of(instance),
        settings=CalibrationSettings(law=found.law, seed=found.seed, draws=len(found.draws)),
        deployment=found.deployment,
        days=StoredDays(complete=found.complete, coarse=found.coarse, unused=found.unused),
        independent=found.independent,
        r_hat=found.r_hat,
        settled=found.settled,
        constants=tuple(
            StoredConstant(
                constant=one.name,
                unit=constant.unit,
                told=one.told,
                shrinkage=one.shrinkage,
                before=_store_range(one.before),
                after=_store_range(one.after),
                mean=one.mean,
                low=one.low,
                high=one.high,
            )
            for one, constant in zip(found.constants, CONSTANTS, strict=True)
        ),
        checks=tuple(_store_check(check) for check in found.checks),
        unexplained=found.unexplained,
        decision=_store_decision(found.decision),
    )
    return stored.model_dump(mode="json")


def _store_range(one: PlausibleRange) -> StoredRange:
    return StoredRange(low=one.low, value=one.value, high=one.high)


def _store_check(check: Check) -> StoredCheck:
    return StoredCheck(**vars(check))


def _store_decision(decision: Decision) -> StoredDecision:
    values, ranges = (_store_loss_change(one) for one in (decision.values, decision.ranges))
    return StoredDecision(ranges=StoredLossChange(**ranges), **values)


def _store_loss_change(one: LossChange) -> dict[str, StoredMean]:
    return {name: _store_mean(interval) for name, interval in one._asdict().items()}


def _store_mean(one: Interval) -> StoredMean:
    low, high = (None, None) if one.rare else (one.low, one.high)
    return StoredMean(mean=one.mean, low=low, high=high)


def calibration_schema() -> dict[str, Any]:
    """Return the JSON Schema of a calibration."""
    return publish_model(StoredCalibration, "calibration")
