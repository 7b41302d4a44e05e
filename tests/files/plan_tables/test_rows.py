"""Plans from tables: what is written is read back, what was changed is read as changed, and faults name their cell."""

from __future__ import annotations

import io

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from support.geojson import located
from support.plan_tables import as_csv, as_workbook, read_back, some_plan
from support.random_instances import worlds
from support.small import small_data, small_instance
from support.workbook_writers import pack, replace_cell, unpack

from optimiser.common.errors import InputFault
from optimiser.common.language import language
from optimiser.files.plan_origin import parse_plan, read_plan
from optimiser.files.read import parse, read, read_deployment, shipped
from optimiser.model.deployment import Deployment
from optimiser.model.instance import Instance

PLAN = {("kpu", "nego"): 2, ("kpu", "dalmas"): 2, ("kpu", "chief"): 1, ("polres", "brimob"): 1}
CARS = {("polres", "awc"): 1, ("polres", "truck"): 1}


def planned(instance: Instance) -> Deployment:
    return Deployment.build(instance, PLAN, CARS)


def same(instance: Instance, plan: Deployment) -> None:
    for code in ("en", "id"):
        found = read_back(as_workbook(instance, plan, language(code)), ".xlsx", instance)  # type: ignore[arg-type]
        assert found.deployment.fingerprint() == plan.fingerprint()
        assert found.made_for == instance.fingerprint()
        assert found.edited is False
        found = read_back(as_csv(instance, plan, language(code)), ".csv", instance)  # type: ignore[arg-type]
        assert found.deployment.fingerprint() == plan.fingerprint()
        assert (found.made_for, found.edited) == (None, None)


@pytest.mark.parametrize("name", [*shipped(), "families/town-12-tight-none-1"])
def test_what_is_written_is_read_back_for_every_shipped_instance(name: str) -> None:
    instance = read(name)
    for seed in range(2):
        same(instance, some_plan(instance, seed))


@settings(max_examples=15)
@given(worlds(), st.integers(0, 10**6))
def test_what_is_written_is_read_back_for_any_world(world, seed: int) -> None:
    same(world[0], some_plan(world[0], seed))


@pytest.mark.parametrize("name", ["=1+1", "-5 squad", "@home", "Pos, dua; tiga", "  spaced  ", 'D’Ogan "x"'])
def test_names_that_need_a_guard_are_found_again(name: str) -> None:
    data = located()
    data["teams"][1]["name"] = data["sectors"][0]["name"] = name
    instance = parse(data)
    same(instance, planned(instance))


def noted() -> Instance:
    """Return the small instance with what only people read."""
    data = small_data()
    data["sectors"][0] |= {"officer_post": "north gate", "call_sign": "Garuda 1", "equipment": "tents"}
    data["teams"][1] |= {"contact": "duty officer, 0735-1", "call_sign": "Elang"}
    return parse(data)


HEADERS = {
    "en": "place,place_name,kind,what,id,role,number,heads,available,officer_post,call_sign,contact,equipment",
    "id": "id tempat,tempat,jenis tempat,jenis satuan,id satuan,peran,jumlah,personel,tersedia sejak,"
    "tempat Padal,sandi panggil,kontak,perlengkapan",
}
KPU = {
    "en": 'kpu,KPU,sector,team,dalmas,Dalmas,2,20,,north gate,"Elang, Garuda 1","duty officer, 0735-1",tents',
    "id": 'kpu,KPU,sektor,tim,dalmas,Dalmas,2,20,,north gate,"Elang, Garuda 1","duty officer, 0735-1",tents',
}


@pytest.mark.parametrize("code", ["en", "id"])
def test_a_table_is_in_the_language_of_its_reader_and_has_the_free_columns(code) -> None:
    instance = noted()
    lines = as_csv(instance, planned(instance), language(code)).decode().split("\r\n")
    assert lines[0] == HEADERS[code]
    assert KPU[code] in lines
    held = {"en": ",base,base,", "id": ",pangkalan,pangkalan,"}[code]
    assert any(line.startswith(held) for line in lines)
    same(instance, planned(instance))


def test_a_table_without_notes_has_no_columns_for_them() -> None:
    instance = small_instance()
    assert as_csv(instance, planned(instance)).decode().split("\r\n")[0].endswith(",heads,available")


# ---------------------------------------------------------------- edited by people


def cells_of(instance: Instance) -> bytes:
    return as_workbook(instance, planned(instance))


def test_a_number_that_was_changed_is_read_as_changed() -> None:
    instance = small_instance()
    raw = replace_cell(cells_of(instance), "Plotting", "F3", '<c r="F3"><v>3</v></c>')
    raw = replace_cell(raw, "Plotting", "H3", '<c r="H3"><f>F3*10</f></c>')  # no result, as programs leave it
    found = read_back(raw, ".xlsx", instance)
    assert found.deployment.team_count("kpu", "dalmas") == 3
    assert found.edited is True


def test_heads_that_were_typed_over_are_not_lost() -> None:
    instance = small_instance()
    raw = replace_cell(cells_of(instance), "Plotting", "H3", '<c r="H3"><v>30</v></c>')
    assert told(raw, ".xlsx", instance) == [("wrong-type", "Plotting!H3")]


def test_what_belongs_to_the_instance_is_not_changed_in_a_plan() -> None:
    instance = small_instance()
    raw = replace_cell(cells_of(instance), "Plotting", "J5", '<c r="J5"><v>0.625</v></c>')  # 15:00; on duty at 14:00
    with pytest.raises(InputFault, match="14:00, as the instance has it"):
        read_back(raw, ".xlsx", instance)


def test_a_workbook_of_an_earlier_version_of_the_instance_is_read_with_a_warning(tmp_path) -> None:
    (tmp_path / "plan.xlsx").write_bytes(cells_of(small_instance()))
    data = small_data()
    data["teams"][1]["size"] = 12
    data["teams"][2]["available"] = "15:00"
    deployment, origin = read_plan(tmp_path / "plan.xlsx", parse(data))
    assert deployment.fingerprint() == planned(small_instance()).fingerprint()
    assert origin.same is False


def test_a_table_by_hand_names_places_and_units_as_people_do() -> None:
    text = "Tempat;Satuan;Jumlah;Catatan\nkpu;NEGOTIATORS;2;di depan\n Polres ;water cannon;1;\n# Regu;cadangan;;\n"
    plan = read_back(text.encode(), ".csv", small_instance()).deployment
    assert (plan.team_count("kpu", "nego"), plan.vehicle_count("polres", "awc")) == (2, 1)
    rows = "place,unit,heads\nKPU,Dalmas squad,20\nKPU,Dalmas squad,10\n,,30\n"
    assert read_back(rows.encode(), ".csv", small_instance()).deployment.team_count("kpu", "dalmas") == 3


def sheet(*rows: tuple[object, ...], merged: str = "") -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("Rencana")
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
        if merged:
            page.merge_range(merged, "KPU")
    return stream.getvalue()


# ---------------------------------------------------------------- faults


def told(raw: bytes, kind: str, instance: Instance) -> list[tuple[str, str]]:
    with pytest.raises(InputFault) as caught:
        read_back(raw, kind, instance)
    return [(fault.code, fault.place) for fault in caught.value.faults]


def test_every_fault_is_told_in_one_go_by_its_cell() -> None:
    rows = [
        ("place", "unit", "number", "heads"),
        ("KPU", "Dalmas squad", 1, 10),
        ("Markt", "Dalmas squad", 1, ""),
        ("KPU", "Dalmas skuad", 1, ""),
        ("KPU", "Negotiators", 1.5, ""),
        ("Market", "Negotiators", "", 4),
        ("Market", "Negotiators", 1, 4),
        ("Polres", "PHH squad", 3, ""),
        ("Polres", "Officers", "", ""),
        ("", "Officers", 1, ""),
    ]
    expected = [
        ("unknown-place", "Rencana!A3"),
        ("unknown-kind", "Rencana!B4"),
        ("wrong-type", "Rencana!C5"),
        ("wrong-type", "Rencana!D6"),
        ("wrong-type", "Rencana!D7"),
        ("missing-field", "Rencana!C9"),
        ("missing-field", "Rencana!A10"),
        ("out-of-range", "Rencana!C8"),
    ]
    assert told(sheet(*rows), ".xlsx", small_instance()) == expected
    text = "\n".join(",".join(map(str, row)) for row in rows)
    as_text = [(code, place.replace("Rencana", "plan")) for code, place in expected]
    assert told(text.encode(), ".csv", small_instance()) == as_text


def test_repairs_name_what_was_meant() -> None:
    with pytest.raises(InputFault) as caught:
        read_back(b"place,unit,heads\nMarkt,nego,3\nkpu,Dalmas squad,25\n", ".csv", small_instance())
    assert [str(fault.repair) for fault in caught.value.faults] == [
        "did you mean 'market'?",
        "units move formed: write whole teams",
    ]
    assert "20 or 30" in caught.value.faults[1].expected


def test_merged_cells_are_told() -> None:
    raw = sheet(("place", "unit", "number"), ("kpu", "nego", ""), ("kpu", "chief", ""), merged="C2:C3")
    found = told(raw, ".xlsx", small_instance())
    assert found[0] == ("merged-cells", "Rencana!C2")


def test_a_place_that_is_merged_downwards_stands_for_each_of_its_rows() -> None:
    raw = sheet(("place", "unit", "number"), ("kpu", "nego", 1), ("", "chief", 1), merged="A2:A3")
    found = read_back(raw, ".xlsx", small_instance()).deployment
    assert (found.team_count("kpu", "nego"), found.team_count("kpu", "chief")) == (1, 1)


TYPED = [
    "place,unit,number\nkpu,talk,1\nidem,dalmas,1\nmarket,nego,1\n",
    "place,role,number\nKPU,Negotiators,1\nsda,dalmas,1\nmarket,nego,1\n",
    "place;unit;number\nkpu;nego;1\nkpu;dalmas;1\nmarket;nego;1\nJumlah;;3\n",
    "Rencana, 27 November\nplace;unit;heads\nkpu;nego;3 orang\nkpu;dalmas;10,0\nmarket;nego;3\nTotal:;;19\n",
    "place\tunit\tnumber\nkpu\tnego\t1\nkpu\tdalmas\t1 regu\nmarket\tnego\t1\n\tJUMLAH TOTAL\t4\n",
]


@pytest.mark.parametrize("text", TYPED)
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_table_is_read_as_planners_type_it(text: str, code: str) -> None:
    found = read_back(text.encode(code), ".csv", small_instance()).deployment
    counts = [found.team_count(place, unit) for place, unit in (("kpu", "nego"), ("kpu", "dalmas"), ("market", "nego"))]
    assert counts == [1, 1, 1]
    assert found.heads_by_place(small_instance())["market"] == 3


def test_a_role_of_several_kinds_of_team_is_asked_back() -> None:
    data = small_data()
    data["teams"].append({**data["teams"][0], "id": "nego-2", "name": "Second"})
    with pytest.raises(InputFault, match="nego, nego-2"):
        read_back(b"place,unit,number\nkpu,talk,1\n", ".csv", parse(data))


def test_decimal_commas_of_degrees_are_no_thousands() -> None:
    data = located()
    data["sectors"][0]["lat"], data["sectors"][0]["lon"] = -4.125, 104.175
    instance = parse(data)
    name, unit = instance.sectors[0].id, instance.teams[0].id
    text = f"place;unit;number;latitude;longitude\n{name};{unit};1;-4,125;104,175\n"
    assert read_back(text.encode(), ".csv", instance).deployment.team_count(name, unit) == 1
    with pytest.raises(InputFault, match=r"-4\.125, as the instance has it"):
        read_back(text.replace("-4,125", "-4,126").encode(), ".csv", instance)


def test_hidden_rows_of_a_plan_are_read_and_told(tmp_path) -> None:
    part = "xl/worksheets/sheet1.xml"
    parts = unpack(sheet(("place", "unit", "number"), ("kpu", "nego", 1), ("kpu", "dalmas", 1)))
    parts[part] = parts[part].replace(b'<row r="3"', b'<row r="3" hidden="1"')
    (tmp_path / "plan.xlsx").write_bytes(pack(parts))
    deployment, origin = read_plan(tmp_path / "plan.xlsx", small_instance())
    assert deployment.team_count("kpu", "dalmas") == 1
    assert "Hidden or filtered rows were read too: 3." in origin.sentences()


def test_more_than_there_are_is_told_with_every_cell() -> None:
    with pytest.raises(InputFault) as caught:
        read_back(b"place,unit,number\nkpu,dalmas,2\nmarket,dalmas,2\n", ".csv", small_instance())
    (fault,) = caught.value.faults
    assert (fault.code, fault.place) == ("out-of-range", "plan!C2")
    assert "at most 3" in fault.expected
    assert "plan!C3" in fault.expected


def test_two_names_for_one_row_have_to_agree() -> None:
    text = b"place,place id,unit,number\nKPU,market,nego,1\n"
    assert told(text, ".csv", small_instance()) == [("unknown-place", "plan!A2")]


def test_a_name_of_several_needs_an_id() -> None:
    data = located()
    data["teams"][1]["name"] = "Negotiators"
    assert told(b"place,unit,number\nkpu,negotiators,1\n", ".csv", parse(data)) == [("duplicate-id", "plan!B2")]
    assert read_back(b"place,unit,number\nkpu,nego,1\n", ".csv", parse(data)).deployment.places


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "missing-header"),
        (b"sector,heads\nkpu,3\n", "missing-header"),
        (b"place,unit,number,number\nkpu,nego,1,1\n", "duplicate-key"),
        (b"place,unit,number\nkpu,nego,1.500\n", "wrong-type"),
        (b"place,unit,number\nkpu,nego,-1\n", "wrong-type"),
        (b"place,unit,vehicles\nkpu,nego,1\n", "wrong-type"),
        (b"\xff\xfe", "missing-header"),
        (b"\xff\xfe\x00", "not-text"),
        (b"\xfa\xfb", "not-text"),
        (b"place,unit,number\n", "too-few"),
        (b"place;unit;number\n\n;;\n", "too-few"),
    ],
)
def test_what_is_no_table_of_a_plan(text: bytes, code: str) -> None:
    assert [found for found, _ in told(text, ".csv", small_instance())] == [code]


def test_a_workbook_with_two_such_tables_is_refused() -> None:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        for name in ("A", "B"):
            page = book.add_worksheet(name)
            page.write_row(0, 0, ("place", "unit", "number"))
            page.write_row(1, 0, ("kpu", "nego", 1))
    assert told(stream.getvalue(), ".xlsx", small_instance()) == [("too-many", "(file)")]


@given(st.binary(max_size=200))
def test_any_bytes_are_a_plan_or_told(raw: bytes) -> None:
    for kind in (".csv", ".xlsx"):
        try:
            read_back(b"place,unit,number\n" + raw if kind == ".csv" else raw, kind, small_instance())
        except InputFault as refused:
            assert refused.faults


# ---------------------------------------------------------------- where it comes from


def test_origin_is_told_plainly(tmp_path) -> None:
    instance = small_instance()
    (tmp_path / "plan.csv").write_bytes(as_csv(instance, planned(instance)))
    deployment, origin = read_plan(tmp_path / "plan.csv", instance)
    assert deployment.fingerprint() == planned(instance).fingerprint()
    assert (origin.format, origin.same) == ("csv", None)
    assert origin.sentences() == ("The file does not say which version of the instance it was made for.",)
    (tmp_path / "plan.xlsx").write_bytes(cells_of(instance))
    origin = read_plan(tmp_path / "plan.xlsx", instance)[1]
    assert origin.same is True
    assert origin.sentences() == ("Read from the sheet 'Plotting' alone.",)
    warning = read_plan(tmp_path / "plan.xlsx", small_instance(cap=59))[1].warning()
    assert warning is not None
    assert "another version of this instance" in warning


def test_a_table_needs_its_instance(tmp_path) -> None:
    (tmp_path / "plan.csv").write_bytes(as_csv(small_instance(), planned(small_instance())))
    with pytest.raises(InputFault, match="give the instance too"):
        read_deployment(tmp_path / "plan.csv")
    assert read_deployment(tmp_path / "plan.csv", small_instance()).fingerprint()


def test_programs_send_tables_too() -> None:
    import base64

    instance = small_instance()
    plan = planned(instance)
    sent = {"workbook": base64.b64encode(cells_of(instance)).decode()}
    for document in (as_csv(instance, plan).decode(), sent, plan.model_dump(mode="json")):
        assert parse_plan(document, instance, "body")[0].fingerprint() == plan.fingerprint()
    with pytest.raises(InputFault, match="base64"):
        parse_plan({"workbook": "%%%"}, instance, "body")


def test_who_accompanies_is_read_back() -> None:
    along = [{"id": "along", "name": "Along", "gathering": "recount", "call_sign": "Alpha"}]
    instance = small_instance(accompaniments=along)
    plan = Deployment.build(instance, {**PLAN, ("along", "dalmas"): 1, ("along", "chief"): 1}, CARS)
    same(instance, plan)


def test_who_moves_as_planned_is_read_back_by_identifier_and_by_name() -> None:
    legs = [{"sector": "kpu", "until": "15:00"}, {"sector": "market"}]
    moves = [{"id": "relief", "name": "KPU, then the market", "legs": legs, "call_sign": "Elang"}]
    instance = small_instance(movements=moves)
    plan = Deployment.build(instance, {**PLAN, ("relief", "dalmas"): 1, ("relief", "chief"): 1}, CARS)
    same(instance, plan)
    assert [row["kind"] for row in plan.table(instance).to_dict("records") if row["place"] == "relief"] == [
        "movement"
    ] * 2
    for kind in ("movement", "pergeseran"):
        for place in ("relief", "KPU, then the market"):
            typed = f'place;kind;unit;number\n"{place}";{kind};dalmas;1\n'
            found = read_back(typed.encode(), ".csv", instance).deployment
            assert found.places["relief"].teams == {"dalmas": 1}
