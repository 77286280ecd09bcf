"""What every device page looks like, and what of it survives being written again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from zigbus_converter import expose
from zigbus_converter.definition import Definition, Fingerprint, Page, Part, WhiteLabel
from zigbus_converter.docs.entries import entries_of
from zigbus_converter.docs.main import main, write_pages
from zigbus_converter.docs.page import Entry, Kept, read_kept, render
from zigbus_converter.provider import native_definitions
from zigbus_converter.zhc.supported import SoldAs, Supported, read_supported

NOW = "2026-01-02T03:04:05Z"
LATER = "2027-01-02T03:04:05Z"
CONTACT = expose.binary("contact", description="Whether the door is closed")


def an_entry(**fields: object) -> Entry:
    basis: dict[str, object] = {
        "file": "D1",
        "model": "D1",
        "vendor": "Acme",
        "description": "Door sensor",
        "exposes": (CONTACT,),
    }
    return Entry(**(basis | fields))  # type: ignore[arg-type]  # fields of Entry by name


def a_definition(**fields: object) -> Definition:
    basis: dict[str, object] = {
        "model": "D1",
        "vendor": "Acme",
        "description": "Door sensor",
        "parts": (Part(exposes=(CONTACT,)),),
    }
    return Definition(**(basis | fields))  # type: ignore[arg-type]  # fields of Definition by name


def no_notes(file: str) -> str:
    return ""


def test_page_of_layout_b_without_ota_and_options_has_four_empty_lines_before_the_exposes() -> None:
    end = render(an_entry(), Kept(), NOW).split("<!-- Notes END", 1)[1].split("\n", 1)[1]
    assert end.startswith("\n\n\n\n## Exposes\n\n### Contact (binary)\n")
    assert end.endswith("OFF.\n\n")


def test_page_of_layout_a_starts_its_tail_one_line_earlier() -> None:
    end = render(an_entry(profile="A", ota=True), Kept(), NOW).split("<!-- Notes END", 1)[1].split("\n", 1)[1]
    assert end.startswith("\n## OTA updates\n")


def test_new_page_without_notes_leaves_two_empty_lines_for_them() -> None:
    lines = render(an_entry(), Kept(), NOW).splitlines()
    begin = next(at for at, line in enumerate(lines) if line.startswith("<!-- Notes BEGIN"))
    assert lines[begin + 1 : begin + 3] == ["", ""]
    assert lines[begin + 3].startswith("<!-- Notes END")
    assert lines[begin - 2 : begin] == ["", ""]


def test_page_without_a_date_gets_the_time_it_is_first_written_and_keeps_it() -> None:
    first = render(an_entry(), Kept(), NOW)
    assert f"addedAt: {NOW}" in first
    assert render(an_entry(), read_kept(first), LATER) == first


def test_date_of_the_definition_goes_onto_a_new_page() -> None:
    assert "addedAt: 2019-07-22T20:08:17Z" in render(an_entry(added_at="2019-07-22T20:08:17Z"), Kept(), NOW)


def test_notes_edited_on_the_page_are_kept_for_ever() -> None:
    first = render(an_entry(notes="## Notes\nPress twice."), Kept(), NOW)
    edited = first.replace("Press twice.", "Press three times.")
    second = render(an_entry(notes="## Notes\nPress twice."), read_kept(edited), LATER)
    third = render(an_entry(notes="## Notes\nPress once."), read_kept(second), LATER)
    assert second == edited
    assert "Press three times." in third
    assert "Press once." not in third


def test_notes_nobody_edited_on_the_page_follow_those_beside_the_definition() -> None:
    first = render(an_entry(notes="## Notes\nPress twice."), Kept(), NOW)
    second = render(an_entry(notes="## Notes\nPress once."), read_kept(first), LATER)
    assert "Press once." in second
    assert "Press twice." not in second


def test_notes_and_date_of_a_page_that_another_generator_wrote_are_kept() -> None:
    foreign = "---\ntitle: x\naddedAt: 2020-01-01T00:00:00Z\n---\n<!-- Notes BEGIN: edit -->\n## Notes\nMine.\n<!-- Notes END -->\n"
    page = render(an_entry(notes="## Notes\nOurs."), read_kept(foreign), NOW)
    assert "\n## Notes\nMine.\n<!-- Notes END" in page
    assert "addedAt: 2020-01-01T00:00:00Z" in page


def test_characters_that_mean_something_in_a_table_or_a_file_name_are_replaced() -> None:
    (entry,) = entries_of([a_definition(model="A/B 1", description="one | two")], no_notes)
    page = render(entry, Kept(), NOW)
    assert entry.file == "A_B_1"
    assert "| Model | A/B 1  |" in page
    assert "| Description | one \\| two |" in page
    assert "/A-B-1.png)" in page


def test_vendor_of_layout_b_links_to_its_heading_in_the_list(tmp_path: Path) -> None:
    write_pages(tmp_path, [an_entry(vendor="Acme & Sons")], NOW)
    assert "| Vendor  | [Acme & Sons](README.md#acme--sons)  |" in (tmp_path / "D1.md").read_text()
    assert "\n### Acme & Sons\n\n- [D1](D1.md): Door sensor\n" in (tmp_path / "README.md").read_text()


def test_every_other_name_of_a_device_has_a_page_of_its_own() -> None:
    labels = (
        WhiteLabel(model="X9", vendor="Other", fingerprints=(Fingerprint(manufacturer="_TZ"),)),
        WhiteLabel(model="X8", vendor="Third", description="Sensor of a door"),
    )
    basis, label, third = entries_of(
        [a_definition(white_labels=labels, page=Page(profile="A"))], lambda file: f"notes of {file}"
    )
    assert (label.vendor, label.model, label.file, label.description) == ("Other", "X9", "X9", "Door sensor")
    assert (third.vendor, third.model, third.file, third.description) == ("Third", "X8", "X8", "Sensor of a door")
    assert label.notes == "notes of X9"
    assert "| White-label | Other X9, Third X8 |\n\n\n<!-- Notes" in render(basis, Kept(), NOW)
    assert "White-label" not in render(label, Kept(), NOW)


def test_models_of_the_catalogue_follow_the_native_ones_and_do_not_replace_them() -> None:
    catalogue = [
        Supported(model="D1", vendor="Acme", description="theirs", exposes=(CONTACT,)),
        Supported(
            model="D2",
            vendor="Acme",
            description="Window sensor",
            models=("acme.d2",),
            labels=(SoldAs("N2", "Noname"),),
            exposes=(CONTACT,),
            ota=True,
        ),
    ]
    ours, theirs, label = entries_of([a_definition()], no_notes, catalogue)
    assert (ours.description, ours.provider) == ("Door sensor", "native")
    assert (theirs.model, theirs.provider, theirs.model_ids, theirs.ota) == ("D2", "zhc", ("acme.d2",), True)
    assert [expose.name for expose in theirs.exposes] == ["contact", "linkquality"]
    assert (label.vendor, label.model, label.description) == ("Noname", "N2", "Window sensor")


def test_catalogue_is_read_line_by_line_and_may_be_missing(tmp_path: Path) -> None:
    assert list(read_supported(tmp_path)) == []
    preset = '{"name": "never", "value": null, "description": "off"}'
    expose = f'{{"type": "numeric", "name": "n", "property": "n", "access": 7, "presets": [{preset}]}}'
    line = f'{{"model": "D1", "vendor": "V", "description": "d", "exposes": [{expose}], "options": [], "more": 1}}\n'
    (tmp_path / "supported.jsonl").write_text(line * 2)
    first, _ = read_supported(tmp_path)
    assert (first.model, first.exposes[0].presets) == ("D1", ())


def test_models_are_listed_for_the_search_page(tmp_path: Path) -> None:
    entries = [an_entry(model_ids=("acme.d1",)), an_entry(file="A_<1>", model="A/<1>", vendor="</script>")]
    write_pages(tmp_path, entries, NOW)
    listed = json.loads((tmp_path / "models.json").read_text())
    assert [(model["vendor"], model["file"]) for model in listed] == [("</script>", "A_<1>"), ("Acme", "D1")]
    assert (listed[1]["model_ids"], listed[1]["exposes"]) == (["acme.d1"], ["contact"])
    assert (tmp_path / "models.js").read_text() == f"const MODELS = {(tmp_path / 'models.json').read_text()}"
    page = (tmp_path / "index.html").read_text()
    assert 'src="models.js"' in page
    assert "//" not in page.replace("<!doctype html>", "")  # nothing comes from another host


def test_page_of_a_model_with_odd_letters_is_linked(tmp_path: Path) -> None:
    write_pages(tmp_path, [an_entry(file="D(1)#2", model="D(1)#2")], NOW)
    assert "- [D(1)#2](D%281%29%232.md): Door sensor" in (tmp_path / "README.md").read_text()


def test_model_that_two_vendors_sell_has_a_page_for_each() -> None:
    definitions = [a_definition(), a_definition(vendor="Brand"), a_definition(description="found later")]
    assert [(entry.file, entry.description) for entry in entries_of(definitions, no_notes)] == [
        ("D1", "Door sensor"),
        ("D1_Brand", "Door sensor"),
    ]


def test_only_pages_whose_content_changed_are_written(tmp_path: Path) -> None:
    pages = [an_entry(), an_entry(file="D2", model="D2")]
    assert write_pages(tmp_path, pages, NOW) == 6  # two pages, four lists
    assert write_pages(tmp_path, pages, LATER) == 0
    assert write_pages(tmp_path, [pages[0], an_entry(file="D2", model="D2", ota=True)], LATER) == 1


def test_docs_writes_a_page_for_every_known_definition_and_lists_it(tmp_path: Path) -> None:
    assert main([str(tmp_path)]) == 0
    listed = (tmp_path / "devices" / "README.md").read_text()
    for definition in native_definitions():
        file = next(e.file for e in entries_of([definition], no_notes))
        assert (tmp_path / "devices" / f"{file}.md").exists()
        assert f"({file}.md)" in listed


def test_docs_into_a_place_that_cannot_be_written_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "devices").write_text("a file")
    assert main([str(tmp_path)]) == 1
    assert str(tmp_path / "devices") in capsys.readouterr().err
