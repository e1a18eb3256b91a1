-- The catalogue, in the schema that the service `catalogue` reads. Rows that exist already are not changed, so
-- edits to a sock are kept.
CREATE DATABASE IF NOT EXISTS socksdb;
USE socksdb;

CREATE TABLE IF NOT EXISTS sock (
  sock_id VARCHAR(40) NOT NULL PRIMARY KEY,
  name VARCHAR(20) NOT NULL,
  description VARCHAR(200) NOT NULL,
  price FLOAT NOT NULL,
  count INT NOT NULL,
  image_url_1 VARCHAR(40) NOT NULL,
  image_url_2 VARCHAR(40) NOT NULL
);

CREATE TABLE IF NOT EXISTS tag (
  tag_id MEDIUMINT NOT NULL PRIMARY KEY,
  name VARCHAR(20) NOT NULL
);

CREATE TABLE IF NOT EXISTS sock_tag (
  sock_id VARCHAR(40) NOT NULL,
  tag_id MEDIUMINT NOT NULL,
  PRIMARY KEY (sock_id, tag_id),
  FOREIGN KEY (sock_id) REFERENCES sock (sock_id),
  FOREIGN KEY (tag_id) REFERENCES tag (tag_id)
);

START TRANSACTION;

-- The pictures are files in the image of `catalogue`; pages of the front end refer to these ids.
INSERT INTO sock VALUES
  ('03fef6ac-1896-4ce8-bd69-b798f85c6e0b', 'Holy', 'More hole than sock, and only one pair of it.', 99.99, 1,
   '/catalogue/images/holy_1.jpeg', '/catalogue/images/holy_2.jpeg'),
  ('3395a43e-2d88-40de-b95f-e00e1502085b', 'Colourful', 'Every stripe a different colour; goes with anything.', 18, 438,
   '/catalogue/images/colourful_socks.jpg', '/catalogue/images/colourful_socks.jpg'),
  ('510a0d7e-8e83-4193-b483-e27e09ddc34d', 'SuperSport XL', 'For long runs and late deployments.', 15, 820,
   '/catalogue/images/puma_1.jpeg', '/catalogue/images/puma_2.jpeg'),
  ('6d62d909-f957-430e-8689-b5129c0bb75e', 'Weave special', 'Woven, not knitted; made in a small number.', 17.15, 33,
   '/catalogue/images/weave1.jpg', '/catalogue/images/weave2.jpg'),
  ('808a2de1-1aaa-4c25-a9b9-6612e8f29a38', 'Crossed', 'Diamonds in two colours, for grown-ups.', 17.32, 738,
   '/catalogue/images/cross_1.jpeg', '/catalogue/images/cross_2.jpeg'),
  ('819e1fbf-8b7e-4f6d-811f-693534916a8b', 'Figueroa', 'Green and blue, long enough for boots.', 14, 808,
   '/catalogue/images/WAT.jpg', '/catalogue/images/WAT2.jpg'),
  ('837ab141-399e-4c1f-9abc-bace40296bac', 'Cat socks', 'With ears. Warm on four paws or two feet.', 15, 175,
   '/catalogue/images/catsocks.jpg', '/catalogue/images/catsocks2.jpg'),
  ('a0a4f044-b040-410d-8ead-4de0446aec7e', 'Nerd leg', 'Looks like a leg, feels like a sock.', 7.99, 115,
   '/catalogue/images/bit_of_leg_1.jpeg', '/catalogue/images/bit_of_leg_2.jpeg'),
  ('d3588630-ad8e-49df-bbd7-3167f7efb246', 'YouTube.sock', 'Press play and put your feet up.', 10.99, 801,
   '/catalogue/images/youtube_1.jpeg', '/catalogue/images/youtube_2.jpeg'),
  ('zzz4f044-b040-410d-8ead-4de0446aec7e', 'Classic', 'A sock, and nothing else.', 12, 127,
   '/catalogue/images/classic.jpg', '/catalogue/images/classic2.jpg')
ON DUPLICATE KEY UPDATE sock.sock_id = sock.sock_id;

INSERT INTO tag VALUES
  (1, 'brown'), (2, 'geek'), (3, 'formal'), (4, 'blue'), (5, 'skin'), (6, 'red'),
  (7, 'action'), (8, 'sport'), (9, 'black'), (10, 'magic'), (11, 'green')
ON DUPLICATE KEY UPDATE tag.tag_id = tag.tag_id;

-- The service does not list socks without a tag.
INSERT INTO sock_tag VALUES
  ('03fef6ac-1896-4ce8-bd69-b798f85c6e0b', 7), ('03fef6ac-1896-4ce8-bd69-b798f85c6e0b', 10),
  ('3395a43e-2d88-40de-b95f-e00e1502085b', 1), ('3395a43e-2d88-40de-b95f-e00e1502085b', 4),
  ('510a0d7e-8e83-4193-b483-e27e09ddc34d', 3), ('510a0d7e-8e83-4193-b483-e27e09ddc34d', 8),
  ('510a0d7e-8e83-4193-b483-e27e09ddc34d', 9),
  ('6d62d909-f957-430e-8689-b5129c0bb75e', 2), ('6d62d909-f957-430e-8689-b5129c0bb75e', 9),
  ('808a2de1-1aaa-4c25-a9b9-6612e8f29a38', 3), ('808a2de1-1aaa-4c25-a9b9-6612e8f29a38', 4),
  ('808a2de1-1aaa-4c25-a9b9-6612e8f29a38', 6), ('808a2de1-1aaa-4c25-a9b9-6612e8f29a38', 7),
  ('819e1fbf-8b7e-4f6d-811f-693534916a8b', 3), ('819e1fbf-8b7e-4f6d-811f-693534916a8b', 4),
  ('819e1fbf-8b7e-4f6d-811f-693534916a8b', 11),
  ('837ab141-399e-4c1f-9abc-bace40296bac', 1), ('837ab141-399e-4c1f-9abc-bace40296bac', 3),
  ('837ab141-399e-4c1f-9abc-bace40296bac', 11),
  ('a0a4f044-b040-410d-8ead-4de0446aec7e', 4), ('a0a4f044-b040-410d-8ead-4de0446aec7e', 5),
  ('d3588630-ad8e-49df-bbd7-3167f7efb246', 2), ('d3588630-ad8e-49df-bbd7-3167f7efb246', 3),
  ('zzz4f044-b040-410d-8ead-4de0446aec7e', 1), ('zzz4f044-b040-410d-8ead-4de0446aec7e', 11)
ON DUPLICATE KEY UPDATE sock_tag.sock_id = sock_tag.sock_id;

COMMIT;

-- The service's driver supports mysql_native_password only, and the service only reads. The statement needs the
-- hash that this plugin stores: SHA1 of SHA1.
SET @hash = CONCAT('*', UPPER(SHA1(UNHEX(SHA1(@password)))));
SET @statement = CONCAT(
  'CREATE USER IF NOT EXISTS catalogue_user@\'%\' IDENTIFIED WITH mysql_native_password AS \'', @hash, '\'');
PREPARE statement FROM @statement;
EXECUTE statement;
SET @statement = CONCAT(
  'ALTER USER catalogue_user@\'%\' IDENTIFIED WITH mysql_native_password AS \'', @hash, '\'');
PREPARE statement FROM @statement;
EXECUTE statement;
DEALLOCATE PREPARE statement;
GRANT SELECT ON socksdb.* TO catalogue_user@'%';
