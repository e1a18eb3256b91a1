"""Write what `Pulumi.yaml` and the documentation say of the settings: `make settings`."""

from infra.config.reference import documents

for path, text in documents().items():
    if path.read_text() != text:
        path.write_text(text)
        print(f"Written: {path.name}")
