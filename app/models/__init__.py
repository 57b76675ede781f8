"""The tables. Importing this package registers every one of them on Base.metadata."""

from app.models.absences import Absence, StandIn
from app.models.announcements import Pengumuman
from app.models.auditing import AuditRun
from app.models.base import Base, id_at, new_id
from app.models.cases import Answer, Case, CaseLink, Counter, Draft, IdempotencyKey, Permohonan
from app.models.desk import CaseKk, CaseNik, CaseNote, CaseTag, NameWord, SavedFilter, TagWord, TaskAside
from app.models.discussion import CannedAnswer, Discussion, DiscussionMark, DiscussionMessage
from app.models.doors import Access, MailToken, UserSession
from app.models.factors import HalfLogin, RecoveryCode, SecondFactor
from app.models.figures import CaseDay, CaseFigures, FiguresTip, StaleCount, StepDay, StepPresent, TaskFigures
from app.models.files import DISCUSSION, StoredFile, Upload
from app.models.messages import Delivery, Mail, Notice, NoticePreference
from app.models.office import IncidentSkip, OfficeVersion, Operation
from app.models.operations import Heartbeat
from app.models.people import AccountBlock, BlockedContact, OfficerIdentity, Penduduk, User, UserRole
from app.models.privacy import DataRequest
from app.models.procedures import ProcedureVersion
from app.models.ratings import Rating, RatingSum
from app.models.registrations import Registration
from app.models.results import BulkItem, BulkRun, DataIncident, OldCard, StagedResult
from app.models.signing import OfficeLetter, Sighting, Signature
from app.models.tasks import Job, Task, TaskDraft, TaskStop, Timer
from app.models.trail import Event, SealTip, Stream

__all__ = [
    "Absence",
    "Access",
    "AccountBlock",
    "Answer",
    "AuditRun",
    "Base",
    "BlockedContact",
    "BulkItem",
    "BulkRun",
    "CannedAnswer",
    "Case",
    "CaseDay",
    "CaseFigures",
    "CaseLink",
    "CaseKk",
    "CaseNik",
    "CaseNote",
    "CaseTag",
    "Counter",
    "DataIncident",
    "DataRequest",
    "Delivery",
    "DISCUSSION",
    "Discussion",
    "DiscussionMark",
    "DiscussionMessage",
    "Draft",
    "Event",
    "FiguresTip",
    "HalfLogin",
    "Heartbeat",
    "IdempotencyKey",
    "IncidentSkip",
    "Job",
    "Mail",
    "MailToken",
    "NameWord",
    "Notice",
    "NoticePreference",
    "OfficeVersion",
    "Operation",
    "OfficeLetter",
    "OldCard",
    "OfficerIdentity",
    "Penduduk",
    "Pengumuman",
    "Permohonan",
    "ProcedureVersion",
    "Rating",
    "RatingSum",
    "RecoveryCode",
    "Registration",
    "SavedFilter",
    "SealTip",
    "SecondFactor",
    "StandIn",
    "StaleCount",
    "StepDay",
    "StepPresent",
    "Sighting",
    "Signature",
    "StagedResult",
    "StoredFile",
    "Stream",
    "TagWord",
    "Task",
    "TaskAside",
    "TaskDraft",
    "TaskFigures",
    "TaskStop",
    "Timer",
    "Upload",
    "User",
    "UserRole",
    "UserSession",
    "id_at",
    "new_id",
]
