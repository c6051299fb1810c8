"""What a source declares of its files: tables, fields, code lists, the forms of counties."""
