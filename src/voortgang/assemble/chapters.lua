-- Reads texts one by one, as the built-in path reads the whole: for each what Pandoc makes of it and of a test text after it.
-- In comes JSON: the reader, the test text of each, and the texts. Out goes JSON in the same order.

local given = pandoc.json.decode(io.read("a"), false)

local function read(text)
  local good, found = pcall(pandoc.read, text, given.reader)
  if not good then return { error = tostring(found) } end
  return { document = pandoc.write(found, "json") }
end

local made, tests = {}, {}
for index, text in ipairs(given.texts) do
  local after = given.after[index]
  tests[after] = tests[after] or read(after)
  made[index] = { all = read(text .. after), after = tests[after] }
end
io.write(pandoc.json.encode(made))
