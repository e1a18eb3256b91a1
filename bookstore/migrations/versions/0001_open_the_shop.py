"""Open the shop: every table, and the four delivery providers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Frozen here: a migration describes the tables as they were on its day, whatever the models say later.
TABLE = {"mysql_engine": "InnoDB", "mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin"}
MONEY = sa.BigInteger()  # cents
MOMENT = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")


def upgrade() -> None:
    """Make the tables and the rows that the shop cannot do without."""
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(255), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("email", name="uq_users_email"),
        **TABLE,
    )
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("seller_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("title_key", sa.String(100), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("category", sa.String(40), nullable=True),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("description_es", sa.Text(), nullable=True),
        sa.Column("price", MONEY, nullable=False),
        sa.Column("stock", sa.Integer(), nullable=False),
        sa.Column("cover", sa.String(40), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("deleted_at", MOMENT, nullable=True),
        sa.CheckConstraint("price >= 0", name=op.f("ck_books_price")),
        sa.CheckConstraint("stock >= 0", name=op.f("ck_books_stock")),
        sa.ForeignKeyConstraint(["seller_id"], ["users.id"], name="fk_books_seller_id"),
        sa.PrimaryKeyConstraint("id", name="pk_books"),
        **TABLE,
    )
    op.create_index("ix_books_title_key_id", "books", ["title_key", "id"])
    op.create_index("ix_books_price_id", "books", ["price", "id"])
    op.create_index("ix_books_seller_id_id", "books", ["seller_id", "id"])
    op.create_table(
        "book_words",
        sa.Column("word", sa.String(64), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_book_words_book_id"),
        sa.PrimaryKeyConstraint("word", "book_id", name="pk_book_words"),
        sqlite_with_rowid=False,
        **TABLE,
    )
    op.create_index("ix_book_words_book_id", "book_words", ["book_id"])
    op.create_table(
        "cart_items",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_cart_items_quantity")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_cart_items_user_id"),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_cart_items_book_id"),
        sa.PrimaryKeyConstraint("user_id", "book_id", name="pk_cart_items"),
        **TABLE,
    )
    op.create_index("ix_cart_items_book_id", "cart_items", ["book_id"])
    providers = op.create_table(
        "delivery_providers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(20), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("international", sa.Boolean(), nullable=False),
        sa.Column("price", MONEY, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delivery_providers"),
        sa.UniqueConstraint("code", name="uq_delivery_providers_code"),
        **TABLE,
    )
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("buyer_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("recipient", sa.String(100), nullable=False),
        sa.Column("street", sa.String(200), nullable=False),
        sa.Column("city", sa.String(100), nullable=False),
        sa.Column("country", sa.String(60), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("delivery_price", MONEY, nullable=False),
        sa.Column("subtotal", MONEY, nullable=False),
        sa.Column("total", MONEY, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("paid_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["buyer_id"], ["users.id"], name="fk_orders_buyer_id"),
        sa.ForeignKeyConstraint(["provider_id"], ["delivery_providers.id"], name="fk_orders_provider_id"),
        sa.PrimaryKeyConstraint("id", name="pk_orders"),
        sa.UniqueConstraint("buyer_id", "key", name="uq_orders_buyer_id_key"),
        **TABLE,
    )
    op.create_index("ix_orders_status_expires_at", "orders", ["status", "expires_at"])
    op.create_index("ix_orders_buyer_id_id", "orders", ["buyer_id", "id"])
    op.create_table(
        "order_lines",
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("book_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("author", sa.String(200), nullable=False),
        sa.Column("unit_price", MONEY, nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity >= 1", name=op.f("ck_order_lines_quantity")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_order_lines_order_id"),
        sa.ForeignKeyConstraint(["book_id"], ["books.id"], name="fk_order_lines_book_id"),
        sa.PrimaryKeyConstraint("order_id", "book_id", name="pk_order_lines"),
        **TABLE,
    )
    op.create_table(
        "payments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_id", sa.Integer(), nullable=False),
        sa.Column("amount", MONEY, nullable=False),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_payments_order_id"),
        sa.PrimaryKeyConstraint("id", name="pk_payments"),
        sa.UniqueConstraint("order_id", name="uq_payments_order_id"),
        sa.UniqueConstraint("key", name="uq_payments_key"),
        **TABLE,
    )
    op.bulk_insert(
        providers,
        [
            {"code": "dhl", "name": "DHL", "international": True, "price": 5000, "active": True},
            {"code": "fedex", "name": "FedEx", "international": True, "price": 4500, "active": True},
            {"code": "envia", "name": "Envia", "international": False, "price": 2000, "active": True},
            {
                "code": "servientrega",
                "name": "Servientrega",
                "international": False,
                "price": 1500,
                "active": True,
            },
        ],
    )


def downgrade() -> None:
    """Close the shop: every table goes, the later ones first."""
    for table in (
        "payments",
        "order_lines",
        "orders",
        "delivery_providers",
        "cart_items",
        "book_words",
        "books",
        "users",
    ):
        op.drop_table(table)
