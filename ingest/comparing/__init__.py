"""From statements to what is new, ended or the same; what a complete list lets end."""
