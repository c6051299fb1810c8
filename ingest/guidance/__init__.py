"""What people are told of a catalogue: in words, as a dictionary, as a template to fill in; what is masked."""
