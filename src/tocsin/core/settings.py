"""Settings: `TOCSIN_*` environment variables, or `tocsin.toml` in the working folder. Unsafe ones are refused."""

import os
import tomllib
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from tocsin.core import networks, unfit
from tocsin.core.errors import Misconfigured
from tocsin.core.wording import say, verbatim

FILE = "tocsin.toml"
_WEB = "http:// or https:// with a host, such as {example}"
_EXPECTED = {
    "trusted_proxies": say("addresses or networks with commas between, such as `10.0.0.5, 10.1.0.0/16`"),
    "base_url": say(_WEB, example="https://tocsin.example.com"),
    "heartbeat_url": say(_WEB, example="https://monitor.example.com/beat"),
    "synthetic_page_url": say(_WEB, example="https://monitor.example.com/page"),
    "url": say(_WEB, example="https://tocsin.example.com"),
}


def data_folder() -> Path:
    """Where this user's data live."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "tocsin"


class Settings(BaseSettings):
    """Each field is the environment variable TOCSIN_<NAME>."""

    model_config = SettingsConfigDict(env_prefix="TOCSIN_", toml_file=FILE, extra="forbid")

    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'tocsin.db'}",
        description="sqlite:///path or postgresql://user:password@host/name",
    )
    secret_key: SecretStr | None = Field(
        default=None,
        description="At least 32 characters; seals the journal. Default: a file that `tocsin init` makes",
    )
    base_url: str = Field(default="http://127.0.0.1:8000", description="How people and tools reach this installation")
    allow_private_destinations: bool = Field(
        default=False, description="Whether outgoing webhooks may go to private addresses"
    )
    trusted_proxies: str = Field(
        default="", description="Reverse proxies whose X-Forwarded-For is trusted: addresses or networks"
    )
    language: str = Field(
        default="en", description="The language of pages and messages for whoever has chosen none, such as de"
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="The server that e-mail goes out by: smtp://user:password@host:port, or smtps://"
    )
    mail_from: str | None = Field(default=None, description="The address that e-mail comes from")
    heartbeat_url: str | None = Field(
        default=None, description="A URL that is called every minute, so that others notice when Tocsin is down"
    )
    synthetic_page_url: str | None = Field(
        default=None,
        description="Where the test page goes, as a signed POST. Default: a receiver inside",
    )
    synthetic_page_minutes: int = Field(
        default=10, ge=0, le=1440, description="How often the test page is sent; 0 turns it off"
    )
    requests_per_second: float = Field(
        default=100, ge=0, le=1e6, description="How many requests a token or a session may make; 0: no limit"
    )
    evidence_credentials: dict[str, str] = Field(
        default_factory=dict,
        repr=False,
        description="What collectors of evidence send as bearer tokens, by the names of the policy: a JSON object.",
    )
    connector_delivery_days: int = Field(
        default=14, ge=0, le=30, description="How many days deliveries to connectors are kept, to be replayed; 0: not"
    )
    one_core: bool = Field(
        default=True, description="Whether `tocsin serve` keeps to one core where it serves SQLite, which is faster"
    )
    page_processes: int = Field(
        default=0, ge=0, le=16, description="How many further processes `tocsin serve` draws pages in; 0: none"
    )
    url: str | None = Field(
        default=None, description="The server that commands speak to; without it they open the database themselves"
    )
    token: SecretStr | None = Field(default=None, description="The API token with which commands speak to that server")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="How much a server logs, on standard error"
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="JSON for programs, or console for a person's eyes"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("trusted_proxies")
    @classmethod
    def _are_networks(cls, value: str) -> str:
        networks.parse(value)
        return value

    @field_validator("heartbeat_url", "synthetic_page_url", "url", mode="before")
    @classmethod
    def _may_be_empty(cls, value: str | None) -> str | None:
        return value or None

    @field_validator("base_url", "heartbeat_url", "synthetic_page_url", "url")
    @classmethod
    def _is_of_the_web(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("this is not the address of a web server")
        return value

    @field_validator("base_url", "url")
    @classmethod
    def _can_be_added_to(cls, value: str | None) -> str | None:
        parts = urlsplit(value or "")
        if parts.username is not None or parts.password is not None:
            raise ValueError("an address that people are sent holds no user and no password")
        if "?" in (value or "") or "#" in (value or ""):
            raise ValueError("paths are put behind this address, so it holds no query and no fragment")
        return value

    @property
    def secret_file(self) -> Path:
        """Where `init` keeps the secret key when none is set."""
        return data_folder() / "secret_key"

    def secret(self) -> str:
        """The installation's secret; Misconfigured where there is none, or a weak one."""
        if self.secret_key is not None:
            value = self.secret_key.get_secret_value()
        elif self.secret_file.is_file():
            if os.name == "posix" and self.secret_file.stat().st_mode & 0o077:
                raise Misconfigured(
                    say("others on this machine may read the secret key"),
                    place=str(self.secret_file),
                    expected=say("`chmod 600 {secret_file}`", secret_file=self.secret_file),
                )
            value = self.secret_file.read_text().strip()
        else:
            raise Misconfigured(
                say("no secret key is set"),
                place="TOCSIN_SECRET_KEY",
                expected=say("`tocsin init`, or 32 characters or more"),
            )
        if len(value) < 32:
            raise Misconfigured(
                say("the secret key is too short"), place="TOCSIN_SECRET_KEY", expected=say("32 characters or more")
            )
        return value


def load() -> Settings:
    """The settings of this process; Misconfigured names the variable."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        key = "_".join(str(part) for part in first["loc"])
        if first["type"] == "extra_forbidden":  # only the file can have one: of the environment, known names are read
            raise Misconfigured(
                say("there is no such setting"),
                place=f"{FILE}: {key}",
                expected=verbatim(", ".join(Settings.model_fields)),
            ) from None
        raise Misconfigured(
            verbatim(unfit.said(first["msg"])), place=f"TOCSIN_{key.upper()}", expected=_EXPECTED.get(key)
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(say("this is not TOML: {error}", error=error), place=FILE) from None
