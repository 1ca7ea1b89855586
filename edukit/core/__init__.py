"""What every floor stands on: cards, preprocessing, pictures, errors, texts, events and safe files."""
