"""What clients send and get (Pydantic 1, as in Debian 12)."""

from datetime import datetime
from typing import List, Optional

from pydantic import BaseModel, Field


class UserResponse(BaseModel):
    username: str
    email: str
    id: int
    image_file: Optional[str]
    image_path: str

    class Config:
        orm_mode = True


class PostCreate(BaseModel):
    title: str = Field(min_length=1, max_length=100)
    content: str = Field(min_length=1)
    user_id: int


class PostResponse(BaseModel):
    title: str
    content: str
    id: int
    user_id: int
    date_posted: datetime
    author: UserResponse

    class Config:
        orm_mode = True
        # Stored in UTC without a zone; blogd says the zone, so both answers are the same bytes.
        json_encoders = {datetime: lambda date: date.isoformat() + "Z"}


class PostPage(BaseModel):
    posts: List[PostResponse]
    total: int
    skip: int
    limit: int
    has_more: bool

    class Config:
        json_encoders = PostResponse.Config.json_encoders
