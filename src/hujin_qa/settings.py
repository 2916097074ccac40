"""What an operator can set, from ``HUJIN_QA_*`` and the ecosystem's own variables."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import Field, SecretStr, StringConstraints, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from .errors import BadInput

_PREFIX = "HUJIN_QA_"
_CHECKOUT = Path(__file__).resolve().parents[2]


def _home() -> Path:
    """The folder that holds ``corpus/``: the working directory, else the checkout this package runs from."""
    return Path() if Path("corpus").is_dir() or not (_CHECKOUT / "corpus").is_dir() else _CHECKOUT


Fusion = Literal["scores", "rrf", "dense", "lexical"]
"""How the dense and the lexical ranking become one; ``dense`` and ``lexical`` take one of them alone."""

_Trimmed = Annotated[str, StringConstraints(strip_whitespace=True)]


class Settings(BaseSettings):
    """Immutable; every field is also an environment variable ``HUJIN_QA_<FIELD>``."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, frozen=True, extra="forbid", populate_by_name=True)

    corpus: Path = Field(default_factory=lambda: _home() / "corpus")
    index: Path = Field(default_factory=lambda: _home() / "index")
    encoder: str = "default"
    lexicon: Path | None = None  # a TOML file that extends data/lexicon.toml
    cache: Path = Field(default_factory=lambda: user_cache_path("hujin-qa"))
    data: Path = Field(default_factory=lambda: user_data_path("hujin-qa"))  # chats, study results, users
    threshold: float = Field(default=0.18, ge=0, le=1)  # abstain below this confidence; eval/README.md has both errors
    reread: bool = True  # every question but summaries with the cross-encoder, some milliseconds each time
    hits: int = Field(default=8, ge=1, le=100)
    fusion: Fusion = "scores"
    other_encoders: dict[str, Path] = {}  # JSON: a model and the index made with it, for evaluators to compare
    host: str = "127.0.0.1"
    port: int = Field(default=7860, ge=0, le=65535)
    auth: SecretStr | None = None  # "user:password[,user:password…]"; needed off loopback
    root_path: str = ""  # where a reverse proxy mounts the chat
    language: Literal["auto", "zh", "en"] = "auto"  # of the pages, until a visitor chooses; auto: the browser's

    # An OpenAI-compatible server; used where address and model are both set. The operator's, never a chat user's.
    llm_address: _Trimmed = Field(  # may hold a password
        default="", validation_alias="OPENAI_BASE_URL", pattern=r"^(https?://\S+)?$", repr=False
    )
    llm_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")
    llm_model: _Trimmed = Field(default="", validation_alias="OPENAI_MODEL")
    llm_connect_seconds: float = Field(default=5, gt=0)
    llm_stall_seconds: float = Field(default=30, gt=0)  # without a byte
    llm_seconds: float = Field(default=90, gt=0)  # for a whole answer, retries included
    llm_reply_tokens: int = Field(default=800, ge=16)
    llm_prompt_tokens: int = Field(default=3000, ge=200)  # passages and history are cut to this
    llm_price: float = Field(default=0, ge=0)  # of a million prompt tokens, in any currency
    llm_reply_price: float = Field(default=0, ge=0)  # of a million reply tokens
    unsupported: Literal["mark", "drop"] = "drop"  # what becomes of a sentence that the text does not support

    @property
    def has_llm(self) -> bool:
        """Whether answers are composed by a language model."""
        return bool(self.llm_address and self.llm_model)


def load_settings(**overrides: object) -> Settings:
    """Settings of this process; ``overrides`` that are ``None`` do not count.

    Raises:
        BadInput: an unknown ``HUJIN_QA_*`` variable, or a value that does not fit.
    """
    known = {_PREFIX + name.upper() for name, field in Settings.model_fields.items() if not field.validation_alias}
    for name in os.environ:
        if name.upper().startswith(_PREFIX) and name.upper() not in known:
            raise BadInput(f"不认识的环境变量 {name}。可用的有:{'、'.join(sorted(known))}。")
    try:
        return Settings(**{k: v for k, v in overrides.items() if v is not None})  # type: ignore[arg-type]
    except SettingsError:  # of the one field that is JSON
        raise BadInput(f"设置 {_PREFIX}OTHER_ENCODERS 的值不可用:{_UNFIT['dict_type']}。请改正后重试。") from None
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        name = name if name.startswith("OPENAI_") else _PREFIX + name
        raise BadInput(f"设置 {name} 的值不可用:{unfit(first)}。请改正后重试。") from None


_UNFIT = {
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "int_type": "应为整数",
    "float_parsing": "应为数字",
    "bool_parsing": "应为 true 或 false",
    "path_type": "应为路径",
    "dict_type": "应为 JSON 对象",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "应大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "less_than": "应小于 {lt}",
    "string_pattern_mismatch": "应以 http:// 或 https:// 开头,不含空格",
    "literal_error": "应为 {expected}",
    "enum": "应为 {expected}",
}


def unfit(error: Mapping[str, Any]) -> str:
    """Why pydantic refuses a value, for users. ``error`` is one of ``ValidationError.errors()``.

    >>> unfit({"type": "less_than_equal", "ctx": {"le": 1.0}, "msg": "Input should be …"})
    '不能大于 1.0'
    """
    words = _UNFIT.get(error["type"])
    return words.format_map(error.get("ctx", {})) if words else str(error["msg"])
