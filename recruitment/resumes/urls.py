"""The addresses of a résumé's file and of the pictures of its pages, mounted at the root."""

from django.urls import path

from recruitment.resumes import views

app_name = "resumes"
urlpatterns = [
    path("resumes/<int:resume_id>/", views.file, name="file"),
    path("resumes/<int:resume_id>/pages/<int:number>/", views.page, name="page"),
]
