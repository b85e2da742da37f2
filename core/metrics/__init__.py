"""Figures for whoever watches the server: counted where requests are answered, and read where they are asked for."""
