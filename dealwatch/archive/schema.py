"""The archive's tables, as migrations: each runs once, in order, in a transaction of its own.

Times are UTC text as `dealwatch.clock.iso` writes it. Nothing secret is ever stored here: anyone may open this file.
"""

from sqlite3 import complete_statement

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from dealwatch.deals.families import block

migrations = Migrations("dealwatch")


@migrations()
def records(db: Database) -> None:
    """The records of the first release."""
    _run(
        db,
        """
        CREATE TABLE sources (
            name TEXT PRIMARY KEY,
            first_seen_at TEXT NOT NULL,
            last_success_at TEXT,          -- last crawl in which every discovery place answered
            last_article_at TEXT           -- last time a new article came
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE places (              -- where a source is discovered: a feed, map, WordPress JSON or listing page
            source TEXT NOT NULL REFERENCES sources(name),
            url TEXT NOT NULL,
            etag TEXT,
            last_modified TEXT,
            checked_at TEXT NOT NULL,
            PRIMARY KEY (source, url)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE crawls (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL REFERENCES sources(name),
            trigger TEXT NOT NULL CHECK (trigger IN ('hand', 'clock', 'due', 'backfill')),
            state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'deadline', 'interrupted')),
            started_at TEXT NOT NULL,
            ended_at TEXT,
            requests INTEGER NOT NULL DEFAULT 0,
            not_modified INTEGER NOT NULL DEFAULT 0,
            discovered INTEGER NOT NULL DEFAULT 0,
            pages INTEGER NOT NULL DEFAULT 0,
            new_articles INTEGER NOT NULL DEFAULT 0,
            new_versions INTEGER NOT NULL DEFAULT 0,
            flagged INTEGER NOT NULL DEFAULT 0,
            errors INTEGER NOT NULL DEFAULT 0,
            error TEXT                     -- the first error in one line
        ) STRICT;
        CREATE INDEX crawls_by_source ON crawls(source, started_at);

        CREATE TABLE articles (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL REFERENCES sources(name),
            key TEXT NOT NULL UNIQUE,      -- canonical address without its scheme: one article however it is spelled
            url TEXT NOT NULL,
            title TEXT NOT NULL,
            author TEXT,
            site TEXT,
            lang TEXT,
            published_at TEXT,
            published_from TEXT,           -- where that time was found: page, feed, sitemap, url
            modified_at TEXT,
            modified_from TEXT,
            first_seen_at TEXT NOT NULL,
            text_source TEXT NOT NULL CHECK (text_source IN ('page', 'feed')),
            history INTEGER NOT NULL DEFAULT 0 CHECK (history IN (0, 1)),  -- too old when first seen to raise an alert
            copy_of INTEGER REFERENCES articles(id),
            copy_score REAL
        ) STRICT;
        CREATE INDEX articles_by_source ON articles(source, first_seen_at);
        CREATE INDEX articles_by_time ON articles(published_at);
        CREATE INDEX articles_by_original ON articles(copy_of) WHERE copy_of IS NOT NULL;

        CREATE TABLE article_versions (
            id INTEGER PRIMARY KEY,
            article_id INTEGER NOT NULL REFERENCES articles(id),
            number INTEGER NOT NULL,       -- 1 is the text as first fetched
            fetched_at TEXT NOT NULL,
            title TEXT NOT NULL,
            text TEXT,                     -- NULL once the source's keep_text_days are over: publishers own it
            text_hash TEXT NOT NULL,
            UNIQUE (article_id, number)
        ) STRICT;
        CREATE INDEX versions_by_hash ON article_versions(text_hash);
        CREATE INDEX versions_by_time ON article_versions(fetched_at) WHERE text IS NOT NULL;

        CREATE TABLE addresses (           -- the durable frontier: every URL ever discovered, and what became of it
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL REFERENCES sources(name),
            key TEXT NOT NULL UNIQUE,
            url TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed', 'gone', 'refused')),
            reason TEXT,                   -- why the last try failed, in one line
            attempts INTEGER NOT NULL DEFAULT 0,
            next_try_at TEXT,              -- NULL: at once
            discovered_at TEXT NOT NULL,
            changed_at TEXT,               -- the newest time of change that a feed or map gave
            fetched_at TEXT,
            title TEXT,                    -- what the feed or map itself said, for pages that cannot be had
            summary TEXT,
            published_at TEXT,
            article_id INTEGER REFERENCES articles(id)
        ) STRICT;
        CREATE INDEX addresses_pending ON addresses(source, next_try_at) WHERE state = 'pending';

        CREATE TABLE deals (               -- the event in the world
            id INTEGER PRIMARY KEY,
            type TEXT NOT NULL,
            direction TEXT NOT NULL,
            status TEXT NOT NULL,
            amount TEXT,
            amount_value REAL,
            amount_currency TEXT,
            market TEXT,
            sentence TEXT NOT NULL,        -- the one that proves it best
            score REAL NOT NULL,
            first_article_id INTEGER NOT NULL REFERENCES articles(id),
            first_at TEXT NOT NULL,        -- time of the first story's news
            last_at TEXT NOT NULL,
            merged_into INTEGER REFERENCES deals(id),
            ends INTEGER REFERENCES deals(id)   -- an exit: the tie it ends, where known
        ) STRICT;
        CREATE INDEX deals_by_time ON deals(last_at) WHERE merged_into IS NULL;

        CREATE TABLE deal_parties (
            deal_id INTEGER NOT NULL REFERENCES deals(id),
            ordinal INTEGER NOT NULL,
            name TEXT NOT NULL,
            side TEXT NOT NULL CHECK (side IN ('chinese', 'foreign')),
            home TEXT,
            PRIMARY KEY (deal_id, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX deal_parties_by_name ON deal_parties(name, deal_id);

        CREATE TABLE deal_steps (          -- the status ladder: which story moved the deal to which status
            deal_id INTEGER NOT NULL REFERENCES deals(id),
            status TEXT NOT NULL,
            article_id INTEGER NOT NULL REFERENCES articles(id),
            at TEXT NOT NULL,
            PRIMARY KEY (deal_id, status)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE mentions (            -- one story reporting one deal; recomputable at any time
            id INTEGER PRIMARY KEY,
            article_id INTEGER NOT NULL REFERENCES articles(id),
            version_id INTEGER NOT NULL REFERENCES article_versions(id),
            deal_id INTEGER REFERENCES deals(id),     -- NULL only inside the transaction that folds it
            ordinal INTEGER NOT NULL,
            type TEXT NOT NULL,
            direction TEXT NOT NULL,
            status TEXT NOT NULL,
            amount TEXT,
            amount_value REAL,
            amount_currency TEXT,
            market TEXT,
            sentence TEXT NOT NULL,
            score REAL NOT NULL,
            ruleset TEXT NOT NULL,         -- hash of rules, entities, weights and code that gave it
            UNIQUE (article_id, ordinal)
        ) STRICT;
        CREATE INDEX mentions_by_deal ON mentions(deal_id);

        CREATE TABLE mention_parties (
            mention_id INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
            ordinal INTEGER NOT NULL,
            name TEXT NOT NULL,
            side TEXT NOT NULL CHECK (side IN ('chinese', 'foreign')),
            listed INTEGER NOT NULL CHECK (listed IN (0, 1)),
            home TEXT,
            PRIMARY KEY (mention_id, ordinal)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX mention_parties_by_name ON mention_parties(name);

        CREATE TABLE evidence (
            id INTEGER PRIMARY KEY,
            mention_id INTEGER NOT NULL REFERENCES mentions(id) ON DELETE CASCADE,
            rule TEXT NOT NULL,
            role TEXT NOT NULL,
            field TEXT NOT NULL CHECK (field IN ('title', 'text')),
            start INTEGER NOT NULL,        -- code points into the mention's article version
            "end" INTEGER NOT NULL,
            quote TEXT NOT NULL
        ) STRICT;
        CREATE INDEX evidence_by_mention ON evidence(mention_id);
        CREATE INDEX evidence_by_rule ON evidence(rule);

        CREATE TABLE alerts (              -- a deal before the analyst
            id INTEGER PRIMARY KEY,
            deal_id INTEGER NOT NULL UNIQUE REFERENCES deals(id),
            state TEXT NOT NULL CHECK (state IN ('waiting', 'confirmed', 'dismissed', 'snoozed')),
            revision INTEGER NOT NULL DEFAULT 1,
            raised_at TEXT NOT NULL,
            revised_at TEXT NOT NULL,
            snoozed_until TEXT
        ) STRICT;
        CREATE INDEX alerts_by_state ON alerts(state, revised_at);

        CREATE TABLE alert_revisions (
            alert_id INTEGER NOT NULL REFERENCES alerts(id),
            revision INTEGER NOT NULL,
            at TEXT NOT NULL,
            what TEXT NOT NULL,            -- "new deal", "status reported -> announced", "first amount $2 billion"
            article_id INTEGER NOT NULL REFERENCES articles(id),
            PRIMARY KEY (alert_id, revision)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE decisions (           -- what people said; append-only, never touched by recomputation
            id INTEGER PRIMARY KEY,
            alert_id INTEGER NOT NULL REFERENCES alerts(id),
            revision INTEGER NOT NULL,
            person TEXT NOT NULL,
            at TEXT NOT NULL,
            action TEXT NOT NULL,
            reason TEXT,
            note TEXT,
            overrides TEXT,                -- JSON object of corrected fields
            undoes INTEGER REFERENCES decisions(id)
        ) STRICT;
        CREATE INDEX decisions_by_alert ON decisions(alert_id);

        CREATE TABLE deliveries (          -- the outbox
            alert_id INTEGER NOT NULL REFERENCES alerts(id),
            revision INTEGER NOT NULL,
            channel TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
            attempts INTEGER NOT NULL DEFAULT 0,
            next_try_at TEXT,
            created_at TEXT NOT NULL,
            sent_at TEXT,
            error TEXT,
            PRIMARY KEY (alert_id, revision, channel)
        ) STRICT, WITHOUT ROWID;

        -- Titles and texts with Chinese characters spaced apart (see search.py); rowid is the article's id.
        CREATE VIRTUAL TABLE article_search USING fts5(title, text, tokenize = "unicode61 remove_diacritics 2");
        """,
    )


def _run(db: Database, script: str) -> None:
    """The script's statements one by one: `executescript` would commit the migration's transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if complete_statement(statement):
            db.execute(statement)
            statement = ""
    assert not statement.strip(), statement


@migrations()
def exports(db: Database) -> None:
    """Who this archive is, and what each named export (`--since-last NAME`) has already given."""
    _run(
        db,
        """
        CREATE TABLE identity (            -- one row: makes the ids in feeds and calendars unlike any other archive's
            id TEXT NOT NULL
        ) STRICT;
        INSERT INTO identity (id) VALUES (lower(hex(randomblob(16))));

        CREATE TABLE exports (
            name TEXT PRIMARY KEY,
            at TEXT NOT NULL               -- when it was last written
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE exported_deals (
            export TEXT NOT NULL REFERENCES exports(name),
            deal_id INTEGER NOT NULL REFERENCES deals(id),
            digest BLOB NOT NULL,          -- of the deal as it was given
            PRIMARY KEY (export, deal_id)
        ) STRICT, WITHOUT ROWID;
        """,
    )


@migrations()
def outbox(db: Database) -> None:
    """Deliveries that left together keep their batch, so that a repeat after a crash is known for one."""
    _run(
        db,
        """
        ALTER TABLE deliveries ADD COLUMN batch TEXT;
        CREATE INDEX deliveries_waiting ON deliveries(channel, next_try_at) WHERE state = 'waiting';
        """,
    )


@migrations()
def folding(db: Database) -> None:
    """Near copies found by bands of their MinHash; deals merged and split by hand; what was odd about an address."""
    _run(
        db,
        """
        ALTER TABLE addresses ADD COLUMN note TEXT;      -- "published 2031-01-01T00:00:00Z, in the future"

        ALTER TABLE mentions ADD COLUMN first_deal_id INTEGER REFERENCES deals(id);  -- the deal it was first put into
        UPDATE mentions SET first_deal_id = deal_id;

        ALTER TABLE mentions ADD COLUMN loose INTEGER NOT NULL DEFAULT 0 CHECK (loose IN (0, 1));
        -- 1: one side only, or a name that is not listed: other spellings may mean the same
        UPDATE mentions SET loose = 1 WHERE id IN (
            SELECT mention_id FROM mention_parties GROUP BY mention_id
            HAVING count(DISTINCT side) < 2 OR min(listed) = 0
        );

        CREATE TABLE sketches (            -- MinHash of a flagged article's newest text
            article_id INTEGER PRIMARY KEY REFERENCES articles(id),
            sketch BLOB NOT NULL
        ) STRICT;

        CREATE TABLE bands (               -- articles that share a band may be copies of each other
            band INTEGER NOT NULL,
            article_id INTEGER NOT NULL REFERENCES articles(id),
            PRIMARY KEY (band, article_id)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE foldings (            -- deals that people merged or split; never touched by recomputation
            id INTEGER PRIMARY KEY,
            action TEXT NOT NULL CHECK (action IN ('merge', 'split')),
            person TEXT NOT NULL,
            at TEXT NOT NULL,
            undone_by TEXT,
            undone_at TEXT
        ) STRICT;

        CREATE TABLE folding_pairs (       -- what a merge or split says of two mentions; the last word counts
            folding_id INTEGER NOT NULL REFERENCES foldings(id),
            a INTEGER NOT NULL REFERENCES mentions(id),
            b INTEGER NOT NULL REFERENCES mentions(id),
            together INTEGER NOT NULL CHECK (together IN (0, 1)),
            PRIMARY KEY (a, b, folding_id)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX folding_pairs_by_b ON folding_pairs(b);
        CREATE INDEX deals_by_merge ON deals(merged_into) WHERE merged_into IS NOT NULL;
        """,
    )


@migrations()
def place_settings(db: Database) -> None:
    """Under which include and exclude patterns a place was read last: its validators hold for those alone."""
    _run(db, "ALTER TABLE places ADD COLUMN settings TEXT;\n")


@migrations()
def spellings(db: Database) -> None:
    """What folding needs beyond principals: other companies a story names, and what spellings of a name begin with."""
    _run(
        db,
        """
        ALTER TABLE mentions ADD COLUMN named TEXT NOT NULL DEFAULT '[]';         -- JSON list of canonical names
        ALTER TABLE mention_parties ADD COLUMN block TEXT NOT NULL DEFAULT '';    -- families.block of the name
        CREATE INDEX mention_parties_by_block ON mention_parties(block);
        """,
    )
    for (name,) in db.execute("SELECT DISTINCT name FROM mention_parties").fetchall():
        db.execute("UPDATE mention_parties SET block = ? WHERE name = ?", [block(name), name])


@migrations()
def told_times(db: Database) -> None:
    """The time of change as a feed told it, where that lies in the future: told again, it is no news."""
    _run(db, "ALTER TABLE addresses ADD COLUMN told_at TEXT;\n")


@migrations()
def undone(db: Database) -> None:
    """Whether a decision stands, and which one a person made last, without reading all decisions."""
    _run(
        db,
        """
        CREATE INDEX decisions_undone ON decisions(undoes) WHERE undoes IS NOT NULL;
        CREATE INDEX decisions_by_person ON decisions(person, id);
        """,
    )
