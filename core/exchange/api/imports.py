"""`imports/`: a table is sent and checked, confirmed by its hash, and taken back."""

import json
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.base import AskedViewSet, ByIdMixin, RowSerializer, SaidField, WordedSerializer, row_id
from core.api.schema import Refusal
from core.errors import TooLarge
from core.exchange import refused
from core.exchange.declared import declared_exchanges
from core.exchange.files import MOST_BYTES
from core.exchange.models import Fate, Import, ImportState
from core.exchange.services import imports
from core.exchange.writing import TYPES, XLSX
from core.jobs.models import LongWork, WorkState

# Beside the file, what a form writes around it.
AROUND = 64 * 1024
# As many are named; the file names all.
MOST_NAMED = 5_000


class MayImport(BasePermission):
    """Who may import anything."""

    message = _("Your role does not include this.")
    code = "not_permitted"

    def has_permission(self, request: Request, view: Any) -> bool:
        """The answer for a request."""
        return request.user.is_authenticated and any(
            kind.may(request.user) for kind in declared_exchanges().values()
        )


class ImportCountsSerializer(WordedSerializer):
    """How many rows have which fate."""

    words = {
        "new": "What would be, or was, made.",
        "changed": "What is there already and would be, or was, filled in.",
        "unchanged": "What is there already, whole.",
        "duplicate": "What an earlier row says, or an earlier application said.",
        "refused": "What is wrong.",
    }
    new = serializers.IntegerField(read_only=True)
    changed = serializers.IntegerField(read_only=True)
    unchanged = serializers.IntegerField(read_only=True)
    duplicate = serializers.IntegerField(read_only=True)
    refused = serializers.IntegerField(read_only=True)


class ImportProgressSerializer(WordedSerializer):
    """How far the present step is."""

    words = {"done": "So many rows are gone through.", "of": "Of so many; null before it has begun."}
    done = serializers.IntegerField(read_only=True)
    of = serializers.IntegerField(read_only=True, allow_null=True)


class RefusedCellSerializer(WordedSerializer):
    """What is wrong with one cell, or with a row."""

    words = {
        "row": "The line in the file.",
        "column": "The column's heading; empty where it is about the whole row.",
        "code": "What is wrong, for programs: it never changes.",
        "message": "The same for people, in the reader's language.",
    }
    row = serializers.IntegerField(read_only=True)
    column = serializers.CharField(read_only=True)
    code = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)


class ImportErrorSerializer(WordedSerializer):
    """Why a file could not be read."""

    words = {
        "code": "What is wrong, for programs: it never changes.",
        "message": "The same for people, in the reader's language.",
    }
    code = serializers.CharField(read_only=True)
    message = serializers.CharField(read_only=True)


class ImportSerializer(RowSerializer):
    """One file and what becomes of its rows."""

    words = {
        "state": "Nothing is written before `checked` was confirmed.",
        "progress": "Of the present step.",
        "counts": "Rows by what becomes of them.",
        "refused": "What is wrong, cell by cell, the first 5000; `refused.xlsx` has all.",
        "digest": "The file's SHA-256, by which it is confirmed.",
        "error": "Why the file could not be read; null where it could.",
    }
    progress = serializers.SerializerMethodField()
    counts = serializers.SerializerMethodField()
    refused = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta:
        model = Import
        fields = ("id", "state", "progress", "counts", "refused", "digest", "error")
        read_only_fields = fields

    @extend_schema_field(ImportProgressSerializer)
    def get_progress(self, batch: Import) -> dict[str, int | None]:
        """Of the latest work about it."""
        return progress(batch)

    @extend_schema_field(ImportCountsSerializer)
    def get_counts(self, batch: Import) -> dict[str, int]:
        """Rows by fate."""
        return batch.counts()

    @extend_schema_field(RefusedCellSerializer(many=True))
    def get_refused(self, batch: Import) -> list[dict[str, Any]]:
        """In order of the rows."""
        rows = batch.rows.filter(fate=Fate.REFUSED).order_by("pk")[:MOST_NAMED]
        return [fault for row in rows for fault in refused.faults_of(batch, row)]

    @extend_schema_field(ImportErrorSerializer(allow_null=True))
    def get_error(self, batch: Import) -> dict[str, str] | None:
        """As an error is answered."""
        if batch.error is None:
            return None
        return {"code": batch.error["code"], "message": imports.sentence_of(batch)}


def progress(batch: Import) -> dict[str, int | None]:
    """How far the present step is. One query."""
    work = (
        LongWork.objects.about(Import._meta.label_lower).filter(subject_id=batch.pk).order_by("-id").first()
    )
    if work is None or (batch.state == ImportState.CHECKING and work.kind == imports.READ):
        return {"done": 0, "of": None}
    return {"done": work.done, "of": work.done if work.state == WorkState.DONE else work.total}


class ImportSentSerializer(WordedSerializer):
    """A file to import."""

    words = {
        "kind": "What its rows are: `candidates`, or `resumes` for a ZIP of files.",
        "file": "An .xlsx workbook or a text table (.csv), up to 20 MB and 50000 rows.",
        "mapping": 'Which column stands under which heading, as JSON: `{"name": "候选人"}`. Known headings need none.',
    }
    kind = SaidField(max_length=40)
    file = serializers.FileField(max_length=400, allow_empty_file=True)
    mapping = serializers.JSONField(required=False)

    def validate_mapping(self, value: Any) -> dict[str, str]:
        """Column by name → heading."""
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                value = None
        if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
            raise serializers.ValidationError(_("Write it as {column: heading}."))
        return value


class ImportConfirmedSerializer(WordedSerializer):
    """Which file is meant."""

    words = {"digest": "As the check answered it."}
    digest = serializers.CharField(min_length=1, max_length=64, trim_whitespace=False)


class ImportBegunSerializer(RowSerializer):
    """A file that is being checked."""

    class Meta:
        model = Import
        fields = ("id", "state")
        read_only_fields = fields


class ImportViewSet(ByIdMixin, mixins.RetrieveModelMixin, AskedViewSet):
    """Tables in: sent, checked, confirmed, taken back. Only for whom the kind's right is given."""

    queryset = Import.objects.none()
    serializer_class = ImportSerializer
    permission_classes = (MayImport,)
    # What somebody sent is what they know.
    looked_at = None

    def get_queryset(self) -> "QuerySet[Import]":
        """One's own; the lead sees all."""
        return Import.objects.visible_to(self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """What is too large is refused before it is read."""
        super().initial(request, *args, **kwargs)
        length = request.META.get("CONTENT_LENGTH") or "0"
        if self.action == "create" and length.isdigit() and int(length) > MOST_BYTES + AROUND:
            raise TooLarge(
                "too_large",
                _("The file is larger than %(most)s MB. Please divide it.") % {"most": MOST_BYTES // 1024**2},
            )

    def get_parsers(self) -> list[Any]:
        """A file comes as a form."""
        return (
            [MultiPartParser()]
            if self.request and self.request.path.endswith("/imports/")
            else super().get_parsers()
        )

    @extend_schema(
        request={"multipart/form-data": ImportSentSerializer},
        responses={201: ImportBegunSerializer, 409: Refusal},
    )
    def create(self, request: Request) -> Response:
        """Send a table: it is checked beside, and nothing is written. 422 for what is no table or could do harm, or
        whose columns are not known; 409 `imports_under_way`."""
        body = ImportSentSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        sent = body.validated_data["file"]
        batch = imports.send(
            kind=body.validated_data["kind"],
            name=sent.name,
            content=sent.read(),
            mapping=body.validated_data.get("mapping"),
            by=request.user,
        )
        return Response(ImportBegunSerializer(batch).data, status=201)

    @extend_schema(request=ImportConfirmedSerializer, responses={200: ImportSerializer, 409: Refusal})
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Import what was checked. 409 `import_not_checked`, `digest_differs`."""
        body = ImportConfirmedSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        imports.confirm(import_id=row_id(pk), digest=body.validated_data["digest"], by=request.user)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={200: ImportSerializer, 409: Refusal})
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        """Take back what nobody has touched since. 409 `import_not_applied`."""
        imports.undo(import_id=row_id(pk), by=request.user)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(responses={(200, TYPES[XLSX]): OpenApiTypes.BINARY})
    def refused(self, request: Request, pk: str) -> HttpResponse:
        """The refused rows as they were sent, with what is wrong."""
        batch = self.get_object()
        answer = HttpResponse(refused.workbook(batch), content_type=TYPES[XLSX])
        answer["Content-Disposition"] = f'attachment; filename="refused-{batch.pk}.xlsx"'
        return answer
