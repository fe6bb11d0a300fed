-- One captioned picture without a label lets Quarto write all figures of the page in its own way, those with a label too.
-- Before Quarto looks for one, such a figure becomes a div; quarto.lua makes a figure of it again.
if not quarto then return {} end

return { {
  Figure = function(fig)
    local caption = pandoc.Div(fig.caption.long)
    fig.attr.classes:insert("zonder-label")
    return pandoc.Div({ caption, table.unpack(fig.content) }, fig.attr)
  end,
} }
