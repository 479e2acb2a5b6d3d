-- The tables of the tutorial's part 15 on PostgreSQL, as its Alembic migrations leave them, but for
-- users.password_hash: blogd cannot fill that, and would not write.
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO alembic_version VALUES ('4f1d2c7a9b3e');

CREATE TABLE users (
    id SERIAL NOT NULL,
    username VARCHAR(50) NOT NULL,
    email VARCHAR(120) NOT NULL,
    image_file VARCHAR(200),
    PRIMARY KEY (id),
    UNIQUE (email),
    UNIQUE (username)
);
CREATE INDEX ix_users_id ON users (id);

CREATE TABLE posts (
    id SERIAL NOT NULL,
    title VARCHAR(100) NOT NULL,
    content TEXT NOT NULL,
    user_id INTEGER NOT NULL,
    date_posted TIMESTAMP WITH TIME ZONE NOT NULL,
    likes INTEGER DEFAULT '0' NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE INDEX ix_posts_id ON posts (id);
CREATE INDEX ix_posts_user_id ON posts (user_id);

CREATE TABLE password_reset_tokens (
    id SERIAL NOT NULL,
    user_id INTEGER NOT NULL,
    token_hash VARCHAR(64) NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    PRIMARY KEY (id),
    FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE INDEX ix_password_reset_tokens_id ON password_reset_tokens (id);
CREATE UNIQUE INDEX ix_password_reset_tokens_token_hash ON password_reset_tokens (token_hash);
CREATE INDEX ix_password_reset_tokens_user_id ON password_reset_tokens (user_id);
