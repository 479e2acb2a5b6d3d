"""A blog in the style of a FastAPI tutorial, for comparison: SQLAlchemy models, Pydantic schemas,
Jinja templates, a session a request. BLOG_DB and BLOG_WAL: see database.py.

    BLOG_DB=blog.db uvicorn app:app
"""

from pathlib import Path
from typing import List, Optional, Union

from fastapi import Depends, FastAPI, HTTPException, Query, Request, status
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

import models
from database import get_db
from schemas import PostCreate, PostPage, PostResponse

app = FastAPI()
templates = Jinja2Templates(directory=str(Path(__file__).parent / "templates"))
NEWEST_FIRST = (models.Post.date_posted.desc(), models.Post.id.desc())


def post_or_404(db: Session, post_id: int):
    found = db.execute(select(models.Post).where(models.Post.id == post_id))
    post = found.scalars().first()
    if post is None:
        raise HTTPException(status_code=status.HTTP_404_NOT_FOUND, detail="Post not found")
    return post


def posts_of_page(db: Session, skip: int, limit: int):
    page = select(models.Post).options(selectinload(models.Post.author))
    found = db.execute(page.order_by(*NEWEST_FIRST).offset(skip).limit(limit))
    return found.scalars().all()


@app.get("/api/posts", response_model=Union[PostPage, List[PostResponse]])
def get_posts(skip: int = Query(0, ge=0), limit: Optional[int] = Query(None, ge=1, le=100),
              db: Session = Depends(get_db)):
    if limit is None:
        everything = select(models.Post).options(selectinload(models.Post.author))
        posts = db.execute(everything.order_by(models.Post.id)).scalars().all()
        # Debian 12's Python crashes when a thread frees a thousand objects that another thread's
        # session is just letting go; so they live as long as the session.
        db.info["posts"] = posts
        return posts
    total = db.execute(select(func.count()).select_from(models.Post)).scalar()
    posts = posts_of_page(db, skip, limit)
    return {"posts": posts, "total": total, "skip": skip, "limit": limit,
            "has_more": skip + len(posts) < total}


@app.get("/api/posts/{post_id}", response_model=PostResponse)
def get_post(post_id: int, db: Session = Depends(get_db)):
    return post_or_404(db, post_id)


@app.post("/api/posts", response_model=PostResponse, status_code=status.HTTP_201_CREATED)
def create_post(post: PostCreate, db: Session = Depends(get_db)):
    found = db.execute(select(models.User).where(models.User.id == post.user_id))
    if found.scalars().first() is None:
        raise HTTPException(status_code=status.HTTP_404_NOT_FOUND, detail="User not found")
    new_post = models.Post(title=post.title, content=post.content, user_id=post.user_id)
    db.add(new_post)
    db.commit()
    db.refresh(new_post)
    return new_post


@app.get("/", response_class=HTMLResponse)
def home(request: Request, db: Session = Depends(get_db)):
    context = {"request": request, "title": "Home", "posts": posts_of_page(db, 0, 10)}
    return templates.TemplateResponse("home.html", context)


@app.get("/posts/{post_id}", response_class=HTMLResponse)
def post_page(request: Request, post_id: int, db: Session = Depends(get_db)):
    post = post_or_404(db, post_id)
    context = {"request": request, "title": post.title[:50], "post": post}
    return templates.TemplateResponse("post.html", context)
