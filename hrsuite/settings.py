"""Django settings. One file; everything that differs between installations is read from the environment."""

import django_stubs_ext
from django.utils.translation import gettext_lazy as _

from core import logs
from core.api.enum_names import DeclaredEnumNames
from core.env import BASE, POOL, database_settings, database_url, env, home, media, named, one_of, secret_key
from core.history.cursor import Cursor
from core.version import VERSION
from hrsuite import back_office
from hrsuite.storages import backups_storage, recordings_storage

django_stubs_ext.monkeypatch()

HOME = home()
SECRET_KEY = secret_key()
DEBUG = env.bool("HRSUITE_DEBUG", default=False)
HTTPS = env.bool("HRSUITE_HTTPS", default=False)
# Without the slash at its end, if it was given with one: addresses are put behind it.
BASE_URL = env.str("HRSUITE_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
# The pump and the supervisor ask this machine's own address whether the web hears: it is a name in any case.
ALLOWED_HOSTS = [
    *named("HRSUITE_ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"]),
    "127.0.0.1",
]

INSTALLED_APPS = [
    # Unfold's templates are found before the admin's own; the site itself is set by our AdminConfig.
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "core.admin.site.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_fsm",
    "django_q",
    "pgtrigger",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    # Second factor and providers; its pages are ours (people/admin/account). Before people, which takes its tables out
    # of the admin.
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "core",
    "core.events",
    "core.history",
    "core.sealed",
    "core.exchange",
    "core.checks",
    "people",
    "messaging",
    "messaging.signing_in",
    "recruitment",
    "recruitment.room",
    "onboarding",
    "training",
    "notifications",
    "reports",
    "hrsuite",
    "tools",
]

MIDDLEWARE = [
    "core.request_ids.RequestIds",
    "core.metrics.counting.Counted",
    "core.middleware.ContentSecurityPolicy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.middleware.Compressed",
    "core.api.conditional.Conditional",
    "core.middleware.NoNullCharacters",
    "core.bounded.BoundedQueries",
    "core.sessions.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "core.middleware.Slashes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.sessions.IdleSessions",
    "allauth.account.middleware.AccountMiddleware",
    "people.middleware.SecondFactorFirst",
    "people.middleware.ViewingAs",
    "core.middleware.LargeBodies",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.DomainErrors",
    "core.history.context.Requests",
]

ROOT_URLCONF = "hrsuite.urls"
WSGI_APPLICATION = "hrsuite.wsgi.application"
AUTH_USER_MODEL = "people.User"
# Where somebody may land who signs in and has no back office, the usual one first: managers, and who holds interviews.
PAGES_OF_COLLEAGUES = ("managers:mine", "rounds:mine")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "hrsuite" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# The pool belongs to the web processes only: the jobs cluster forks, and a forked pool breaks.
_database = database_settings(database_url())
_database["CONN_HEALTH_CHECKS"] = True
# What is written carries who writes it, for the history.
_database["OPTIONS"] = {**_database.get("OPTIONS", {}), "cursor_factory": Cursor}
if env.bool("HRSUITE_DATABASE_POOL", default=False):
    _database["OPTIONS"] = {**_database["OPTIONS"], "pool": POOL}
else:
    _database["CONN_MAX_AGE"] = 60
# Behind PgBouncer a statement may come to another session than the one before: nothing is left in one.
BEHIND_PGBOUNCER = env.bool("HRSUITE_DATABASE_PGBOUNCER", default=False)
_database["DISABLE_SERVER_SIDE_CURSORS"] = BEHIND_PGBOUNCER
DATABASES = {"default": _database}
# Past PgBouncer, for backups: PostgreSQL's programs do leave things in their session.
DATABASE_DIRECT_URL = env.str("HRSUITE_DATABASE_DIRECT_URL", default="")

# The longest that one statement of an admin page or an API call may take.
STATEMENT_SECONDS = env.float("HRSUITE_STATEMENT_SECONDS", default=8.0)

# A report that takes longer to count is kept as a table (reports/kept.py).
REPORT_LIVE_SECONDS = 1.0

# Every process must see the same table: a provider's token, a limit that was met.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"},
    # Where a jobs cluster notes how it is, twice a second: nobody reads it, the supervisor goes by the pulse.
    "jobs": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
}

# The first page shows the weeks as they were counted so long ago at most, and says as of when.
WEEKS_KEPT_SECONDS = 20

Q_CLUSTER = {
    "name": "hrsuite",
    "orm": "default",
    "cache": "jobs",
    "workers": 2,
    "queue_limit": 4,
    "bulk": 1,
    "timeout": 60,
    "retry": 600,
    "max_attempts": 3,
    "ack_failures": False,
    "catch_up": False,
    "recycle": 200,
    "poll": 0.5,
    # Every job that ends locks all that are kept: enough to look back over a few hours, and no more.
    "save_limit": 500,
    "label": _("Scheduled jobs"),
    "ALT_CLUSTERS": {"slow": {"workers": 1, "timeout": 1800, "retry": 7200, "queue_limit": 1}},
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE / "locale", BASE / "locale" / "libraries"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
# Where files lie while they are worked on: of this machine alone.
WORK_ROOM = HOME / "media" / "work"
# What finds faces in candidates' browsers, where `install_faces` put it: nothing of it comes with the product.
FACES_ROOT = HOME / "faces"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": media()},
    },
    "recordings": recordings_storage(),
    "backups": backups_storage(),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# HR's own words of messages, made from the rows: read by every process on every machine.
WORDINGS_FILE = f"{media()}/wordings.json"
# Every night a backup and every week a trial of it, where it is said where to.
BACKUPS_ARE_ON = bool(env.str("HRSUITE_BACKUP_TO", default=""))
# The embedded server's WAL besides, for any point in time; another server's is its own keeper's.
WAL_IS_KEPT = env.bool("HRSUITE_BACKUP_WAL", default=False) and not env.str("DATABASE_URL", default="")
BACKUP_KEY_FILE = env.str("HRSUITE_BACKUP_KEY_FILE", default=str(HOME / "backup-key"))
# The keys that personal data are sealed under: never in the database, nor beside its backups.
KEY_RING_FILE = env.str("HRSUITE_KEY_RING_FILE", default=str(HOME / "key-ring"))
SECRET_KEPT_AT = (
    "HRSUITE_SECRET_KEY" if env.str("HRSUITE_SECRET_KEY", default="") else str(HOME / "secret-key")
)
# pg_dump and pg_restore, where the server of DATABASE_URL is newer than the suite's own.
POSTGRES_PROGRAMS = env.str("HRSUITE_POSTGRES_PROGRAMS", default="")

# Tries are counted before a password is hashed.
AUTHENTICATION_BACKENDS = ["people.backends.CountedBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# The second factor. Wrong codes are counted with the wrong passwords, and known devices stand in a table: neither in
# a cache nor in a cookie that nobody can call back.
ACCOUNT_ADAPTER = "people.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "people.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = env.str("HRSUITE_COMPANY", default="").strip() or "HR Suite"
# The company's directory by OpenID Connect: the address below which /.well-known/openid-configuration stands.
OIDC_URL = env.str("HRSUITE_OIDC_URL", default="")
OIDC_NAME = env.str("HRSUITE_OIDC_NAME", default="Company directory") if OIDC_URL else ""
SOCIALACCOUNT_ADAPTER = "messaging.signing_in.adapter.ColleagueAdapter"
SOCIALACCOUNT_REQUESTS_TIMEOUT = 5
# The password once more before an account is linked.
SOCIALACCOUNT_REAUTHENTICATION_REQUIRED = True
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            # The lasting number is all that is asked for: no name, no address.
            "SCOPE": ["openid"],
            "APPS": [
                {
                    "provider_id": "directory",
                    "name": OIDC_NAME,
                    "client_id": env.str("HRSUITE_OIDC_CLIENT_ID", default=""),
                    "secret": env.str("HRSUITE_OIDC_SECRET", default=""),
                    "settings": {"server_url": OIDC_URL, "fetch_userinfo": False, "oauth_pkce_enabled": True},
                }
            ],
        }
    }
    if OIDC_URL
    else {}
)
TRUSTED_DEVICE_COOKIE = "__Host-device" if HTTPS else "device"
KNOWN_BROWSER_COOKIE = "__Host-known" if HTTPS else "known"
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

SECURE_CONTENT_TYPE_NOSNIFF = True
# Not no-referrer: under it browsers send "Origin: null" with every form, and the CSRF check refuses them all.
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
if HTTPS:
    # A browser takes a cookie of such a name only from this very host, over HTTPS and for the whole of it.
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
# A colleague who walked away is signed out after so many minutes without a click; a day's work ends every session.
SESSION_IDLE_SECONDS = 60 * env.int("HRSUITE_SESSION_IDLE_MINUTES", default=120)
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
# Asked from this machine itself, beside the TLS proxy: redirected, nobody would ever count as heard.
SECURE_REDIRECT_EXEMPT = [r"^ping$", r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# Proxies on other machines, as networks ("10.0.0.0/24"): from these and from this machine X-Forwarded-For is believed.
TRUSTED_PROXIES = named("HRSUITE_PROXIES")
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "core.error_pages.csrf_failure"
# A body of the room's text API stays far below this; a larger one is answered 413 before it is read.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024 + 64 * 1024

# Who may read /metrics from another machine, as "Authorization: Bearer …"; without one, this machine alone.
METRICS_TOKEN = env.str("HRSUITE_METRICS_TOKEN", default="")

# Of one person, in each worker of the web: a program that asks more often than ten times a second asks wrongly.
API_CALLS_PER_MINUTE = env.int("HRSUITE_API_CALLS_PER_MINUTE", default=600)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "people.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["people.permissions.IsStaffPerson"],
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.PerPerson"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "core.api.pages.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "core.api.parsers.StrictJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "EXCEPTION_HANDLER": "core.api.errors.answer_error",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "HR Suite",
    "DESCRIPTION": "Recruitment, onboarding and training as one chain that survives an interrupted interview.",
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "DEFAULT_GENERATOR_CLASS": "core.api.schema.EnglishSchemaGenerator",
    "ENUM_NAME_OVERRIDES": DeclaredEnumNames(),
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.describe",
    ],
}

# Interview vendors are asked at public addresses only; these networks ("10.0.3.0/24") are allowed besides.
VENDOR_NETWORKS = named("HRSUITE_VENDOR_NETWORKS")

# Who writes down what is said in recordings: Whisper on this machine, an OpenAI-compatible address, or nobody.
TRANSCRIBER = one_of("HRSUITE_TRANSCRIBER", "local", "remote", "off")
AI_URL = env.str("HRSUITE_AI_URL", default="")
AI_KEY = env.str("HRSUITE_AI_KEY", default="")
# Who scores answers: the rubric's points on this machine, or a language model at the same address.
SCORER = one_of("HRSUITE_SCORER", "local", "remote")
AI_SCORING_MODEL = env.str("HRSUITE_AI_SCORING_MODEL", default="")
# Who says to which level of the rubric an answer is closest: a model on this machine, at the same address, or nobody.
EMBEDDER = one_of("HRSUITE_EMBEDDER", "local", "remote", "off")
AI_EMBEDDING_MODEL = env.str("HRSUITE_AI_EMBEDDING_MODEL", default="")
# Whose synthetic voice reads questions aloud: an OpenAI-compatible address, or nobody.
SPEAKER = one_of("HRSUITE_SPEAKER", "off", "remote")
AI_SPEECH_MODEL = env.str("HRSUITE_AI_SPEECH_MODEL", default="")
AI_SPEECH_VOICE = env.str("HRSUITE_AI_SPEECH_VOICE", default="")
# What a million tokens cost, sent and received ("2/8"): what scoring cost is reckoned by it. Empty: not reckoned.
AI_PRICE = env.str("HRSUITE_AI_PRICE", default="")
AI_TRANSCRIPTION_MODEL = env.str("HRSUITE_AI_TRANSCRIPTION_MODEL", default="")
# A folder with another model in CTranslate2's format, instead of the packaged Whisper base.
WHISPER = env.str("HRSUITE_WHISPER", default="")

EMAIL_CONFIG = env.email_url("HRSUITE_SMTP_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("HRSUITE_MAIL_FROM", default="HR Suite <hr@example.com>")
# Who writes: in the subject line and signature of what candidates get, and as the sender's name.
COMPANY_NAME = env.str("HRSUITE_COMPANY", default="").strip()
# Without an SMTP server the message ledger is the mailbox: a delivery counts as accepted once it is stored there.
MAIL_IS_CONNECTED = bool(env.str("HRSUITE_SMTP_URL", default=""))

WECOM = {
    "corp_id": env.str("HRSUITE_WECOM_CORP_ID", default=""),
    "agent_id": env.int("HRSUITE_WECOM_AGENT_ID", default=0),
    "secret": env.str("HRSUITE_WECOM_SECRET", default=""),
    "base_url": env.str("HRSUITE_WECOM_BASE_URL", default="https://qyapi.weixin.qq.com/cgi-bin/"),
}

# For people a line of text, for a collector of logs one JSON object in each line.
LOG_FORMAT = one_of("HRSUITE_LOG_FORMAT", *logs.FORMATTERS)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": logs.FORMATTERS[LOG_FORMAT],
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "line"},
        "short": {"class": "logging.StreamHandler", "formatter": "short"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "django.request": {"level": "ERROR"},
        # What strangers can cause at will is one short line.
        "django.security.DisallowedHost": {"handlers": ["short"], "level": "WARNING", "propagate": False},
        # It writes past the root; from the moment the application is loaded, its lines are as all the others.
        "gunicorn.error": {"handlers": ["stderr"], "propagate": False},
        "django_q": {"level": "WARNING"},
        "django-q": {"level": "WARNING"},
        # At INFO it writes every address that is asked, with what stands behind the question mark.
        "httpx": {"level": "WARNING"},
        "httpcore": {"level": "WARNING"},
    },
}

UNFOLD = back_office.UNFOLD
