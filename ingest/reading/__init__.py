"""From a file to its cells: encodings, Excel taken apart with care, the heading found."""
