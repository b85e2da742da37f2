"""The addresses of signing in, by the names that allauth's flows know. All but six are for who is signed in."""

from django.contrib import admin
from django.urls import path
from django.views.generic import RedirectView

from people.admin import granting, viewing
from people.admin.account import directory, passwords, views

_own = admin.site.admin_view

urlpatterns = [
    # Not below /admin/: what stands in these is a secret, and no page of theirs knows who is signed in.
    path("forgotten/", passwords.forgotten, name="admin_password_reset"),
    path("new-password/<str:number>/<str:token>/", passwords.choose, name="choose_password"),
    path("admin/rights/", _own(granting.rights), name="rights"),
    path("admin/view-as/end/", _own(viewing.end), name="view_as_end"),
    path("admin/account/", _own(views.overview), name="mfa_index"),
    # Before anybody is signed in: it opens for a right password a moment ago, and for nothing else.
    path("admin/account/second-factor/", views.SecondFactor.as_view(), name="mfa_authenticate"),
    path(
        "admin/account/sign-in/",
        RedirectView.as_view(pattern_name="admin:login", query_string=True),
        name="account_login",
    ),
    path("admin/account/directory/", directory.begin, name="directory_begin"),
    path(
        "admin/account/directory/back/<str:provider_id>/", directory.callback, name="openid_connect_callback"
    ),
    path("admin/account/directory/part/", _own(directory.part), name="directory_part"),
    path("admin/account/password/", _own(views.PasswordAgain.as_view()), name="account_reauthenticate"),
    path("admin/account/code/", _own(views.CodeAgain.as_view()), name="mfa_reauthenticate"),
    path("admin/account/passkey/", _own(views.PasskeyAgain.as_view()), name="mfa_reauthenticate_webauthn"),
    path("admin/account/app/", _own(views.SetUpApp.as_view()), name="mfa_activate_totp"),
    path("admin/account/app/away/", _own(views.TakeAppAway.as_view()), name="mfa_deactivate_totp"),
    path("admin/account/passkeys/add/", _own(views.AddPasskey.as_view()), name="mfa_add_webauthn"),
    path(
        "admin/account/passkeys/<int:pk>/remove/",
        _own(views.RemovePasskey.as_view()),
        name="mfa_remove_webauthn",
    ),
    path("admin/account/codes/", _own(views.Codes.as_view()), name="mfa_view_recovery_codes"),
    path("admin/account/codes/new/", _own(views.NewCodes.as_view()), name="mfa_generate_recovery_codes"),
    path("admin/account/sessions/<int:number>/end/", _own(views.end_session), name="account_end_session"),
    path("admin/account/sessions/end/", _own(views.end_others), name="account_end_others"),
    path(
        "admin/account/devices/<int:number>/forget/", _own(views.forget_device), name="account_forget_device"
    ),
]
