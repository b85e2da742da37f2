"""Tables in and out: what people send as a workbook or as text, and what they take away. Knows no HR."""
