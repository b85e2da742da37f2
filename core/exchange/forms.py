"""The table to fill in: its headings, a drop-down where one of a few words is meant, and what to write where."""

import io

import xlsxwriter
from django.utils.translation import gettext as _

from core.exchange.declared import Exchanged
from core.exchange.writing import sheet_name

# So many rows have drop-downs and cells of text; more may be filled in.
READY_ROWS = 2_000
WIDTH, WIDE = 18, 48


def template(kind: Exchanged) -> bytes:
    """The workbook, in the reader's language. Its first sheet is the one that is read."""
    to = io.BytesIO()
    with xlsxwriter.Workbook(to, {"in_memory": True, "strings_to_formulas": False}) as book:
        head = book.add_format({"bold": True, "bg_color": "#EEF2F7", "border": 1})
        needed = book.add_format({"bold": True, "bg_color": "#FDE7C8", "border": 1})
        # Of cells that are text no digit is lost and no zero in front.
        plain = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        table = book.add_worksheet(sheet_name(str(kind.title)))
        guide = book.add_worksheet(sheet_name(_("How to fill it in")))
        lists = book.add_worksheet(sheet_name(_("Choices")))
        table.freeze_panes(1, 0)
        guide.set_column(0, 1, WIDTH)
        guide.set_column(2, 3, WIDE)
        words = (_("Column"), _("Needed"), _("What to write"), _("Example"))
        for place, word in enumerate(words):
            guide.write_string(0, place, word, head)
        for place, column in enumerate(kind.columns):
            heading = str(column.heading)
            table.set_column(place, place, WIDTH, plain)
            table.write_string(
                0, place, f"{heading}*" if column.required else heading, needed if column.required else head
            )
            guide.write_string(place + 1, 0, heading)
            guide.write_string(place + 1, 1, _("yes") if column.required else "")
            guide.write_string(place + 1, 2, str(column.words), wrapped)
            guide.write_string(place + 1, 3, column.example, wrapped)
            choices = list(column.choices()) if column.choices else []
            for row, choice in enumerate(choices):
                lists.write_string(row, place, choice)
            if choices:
                area = xlsxwriter.utility.xl_range_abs(0, place, len(choices) - 1, place)
                table.data_validation(
                    1,
                    place,
                    READY_ROWS,
                    place,
                    {"validate": "list", "source": f"='{lists.get_name()}'!{area}", "error_type": "warning"},
                )
        lists.hide()
    return to.getvalue()
