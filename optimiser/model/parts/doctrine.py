"""The rules of doctrine as data."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from optimiser.model.values.base import CallPhase, Factor, Frozen, Minutes, Model, Name, Share, Source, Teams, YesNo
from optimiser.model.values.quantity import Amount


class Doctrine(Model):
    """The rules of the road, as data. Hard rules, not weights."""

    name: Name = "PHH, Perkap 16/2006 and Perkap 8/2010"
    command: Annotated[dict[CallPhase, Name], Frozen] = Field(
        {"green": "Kapolsek", "yellow": "Kapolres", "red": "Kapolda"},
        validate_default=True,
        description="who commands, by phase",
    )
    lapis: Minutes = Field(5.0, validate_default=True, description="minutes of lapis ganti, green to yellow")
    lintas: Minutes = Field(8.0, validate_default=True, description="minutes of lintas ganti, yellow to red")
    handover_strength: Share = Field(0.6, validate_default=True, description="strength of the line meanwhile")
    relief_every: Minutes = Field(240.0, validate_default=True, description="minutes between reliefs; 0 is never")
    relief: Minutes = Field(10.0, validate_default=True, description="minutes a relief takes")
    longest_duty: Annotated[float, Amount("min", 1, 1440)] = Field(
        240.0, validate_default=True, description="minutes on the feet in kit until ability falls"
    )
    shortest_rest: Minutes = Field(60.0, validate_default=True, description="minutes at a post that make fresh again")
    tires: Annotated[float, Amount("share per hour", 0, 1)] = Field(
        0.0, validate_default=True, description="share of ability lost per hour beyond longest_duty; 0 is never"
    )
    fitness_least: Share = Field(0.5, validate_default=True, description="share of ability that nobody falls below")
    heat: Factor = Field(1.0, validate_default=True, description="what a minute of duty counts as in the heat")
    waiting_marks: tuple[Minutes, ...] = Field((15.0, 30.0, 60.0, 90.0), validate_default=True)
    required_risk: Share = Field(0.85, validate_default=True, description="perceived risk a sector asks reserve for")
    ask_again: Annotated[float, Amount("min", 1, 240)] = Field(10.0, validate_default=True)
    refusal: Share = Field(0.1, validate_default=True, description="chance that a call is refused and must be repeated")
    order_red: Minutes = Field(10.0, validate_default=True, description="minutes until the level of red has ordered")
    warning: Minutes = Field(3.0, validate_default=True, description="minutes of warning before wide-area means")
    time_to_leave: Minutes = Field(5.0, validate_default=True, description="minutes left to leave after the warning")
    evacuation: Minutes = Field(30.0, validate_default=True, description="minutes to evacuate officials on foot")
    evacuation_protected: Minutes = Field(10.0, validate_default=True, description="with a protected vehicle")
    reserve_least: Teams = Field(0, validate_default=True, description="callable teams in all posts together")
    reserve_reach: Minutes = Field(20.0, validate_default=True, description="minutes that count as within reach")
    officer_per_sector: YesNo = Field(True, description="every occupied sector has an officer in charge")
    source: Source = "assumed"
