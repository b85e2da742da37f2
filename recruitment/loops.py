"""Recruitment's loop: candidates who fell silent."""

from core.jobs.loops import Loop
from recruitment.services import leases

LOOPS = [Loop("leases", leases.interrupt_lapsed, 1.0)]
